"""Compares a challenger with the champion on the same users, and asks whether it is fit to serve."""
