"""Decide what may be asked of a language model, what of its answers counts, and how often it is asked."""
