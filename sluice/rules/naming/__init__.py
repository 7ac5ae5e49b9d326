"""Interpret the names of columns and datasets."""
