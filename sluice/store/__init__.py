"""Records in the database, rows in the lake, published together exactly once."""
