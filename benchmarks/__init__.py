"""Measure every figure that the documentation states, each by one command."""

BENCHMARKS = ("startup", "install_size", "pipeline", "checks", "demo", "faults", "detectors", "recommender", "serving", "first_contact")
