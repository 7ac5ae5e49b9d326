"""Visitors that are no people, told from how they behave."""
