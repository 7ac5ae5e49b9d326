"""Expectations of our own, one a file."""
