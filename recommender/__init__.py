"""Recommend items with models that learn only from data that the gate lets through."""
