"""Evaluate suites of expectations over batches."""

import warnings

# Great Expectations imports pyspark where it is installed, and pyspark warns of a newer pandas than it tests, which nothing here hands to it
warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
