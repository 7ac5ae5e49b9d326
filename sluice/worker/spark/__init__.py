"""Evaluate the parts of a batch by the executors of a Spark cluster, or of Sail: `engine: spark`."""
