"""Evaluate suites of expectations over batches."""
