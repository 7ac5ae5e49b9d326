"""Parts of `python -m benchmarks.traffic_repair`."""
