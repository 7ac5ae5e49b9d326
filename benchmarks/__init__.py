"""Measure every figure that the documentation states, each by one command."""

BENCHMARKS = ("startup", "pipeline", "checks", "demo", "faults", "detectors", "recommender", "serving")
