"""What `checks.suggest` finds, by kind of column."""
