"""Measure how cost grows with files, history and quarantine, each figure in a module of its own."""
