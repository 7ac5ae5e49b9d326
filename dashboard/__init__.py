"""Show people the store, and file their requests there."""
