"""Measure what happens to a real shop's files on the first day and on the days after it."""
