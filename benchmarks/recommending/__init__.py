"""Measure how well the recommender ranks, searches and predicts conversions: one command per module."""
