"""Measure what the detectors find, keep and cost: one file a question, each a command of its own."""
