"""Answer other systems over HTTP: gates, runs, incidents and held rows, from the same use cases as the command line."""
