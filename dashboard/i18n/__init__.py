"""Translate the dashboard into the reader's language."""
