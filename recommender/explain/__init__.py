"""Explain recommendations: which past events, attributes and features contribute to a score."""
