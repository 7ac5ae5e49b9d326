"""Run what is heavy in one child process: read, judge, clean, train. Imports nothing by itself, so that the parent stays light."""
