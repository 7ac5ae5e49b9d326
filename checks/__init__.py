"""Runs suites of expectations over batches."""
