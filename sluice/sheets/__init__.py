"""Write held rows as a sheet for people (`held`, `write`), and read the right values that they fill in (`corrections`)."""
