"""Whether a whole batch has moved away from the accepted past: no judge of rows sees what all rows have in common."""
