"""Read published interactions, catalogs and attributes, and turn them into arrays that models learn from."""
