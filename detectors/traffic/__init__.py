"""Detect automated and manipulated traffic from the behaviour of visitors."""
