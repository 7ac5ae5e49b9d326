"""Repairs cells where that can be trusted, and finds what repeats."""
