"""Sessions as rows, judged as a whole."""
