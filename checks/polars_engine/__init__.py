"""An execution engine for Great Expectations that runs on Polars; knows nothing of Sluice."""
