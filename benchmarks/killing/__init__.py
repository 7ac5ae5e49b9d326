"""Kill `sluice run` at moments drawn by a seed, and count rows that are lost or published twice, by reading tables and database directly."""
