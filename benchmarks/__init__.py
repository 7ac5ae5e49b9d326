"""Measure every figure that the documentation states, each by one command."""

BENCHMARKS = (
    "startup",
    "install_size",
    "pipeline",
    "scale",
    "cluster",
    "checks",
    "demo",
    "faults",
    "detectors",
    "recommender",
    "language",
    "serving",
    "first_contact",
    "growth",
    "likely_cause",
    "cleaning",
    "matching",
    "traffic_repair",
    "kills",
    "dashboard",
)
