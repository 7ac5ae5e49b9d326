"""Every figure that the README states, each by one command."""

BENCHMARKS = ("pipeline", "checks", "demo", "faults", "detectors", "recommender", "serving")
