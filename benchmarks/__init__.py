"""Benchmarks: every figure that the documentation states, each measured by one command."""

BENCHMARKS = ("startup", "pipeline", "checks", "demo", "faults", "detectors", "recommender", "serving")
