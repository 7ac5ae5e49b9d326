"""Judges that learn what rows look like, and name the cells to blame."""
