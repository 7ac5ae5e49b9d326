"""Keep data harmless and personal columns hidden wherever rows are drawn or exported."""
