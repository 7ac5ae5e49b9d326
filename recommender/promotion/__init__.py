"""Compare a challenger with the champion on the same users, and check whether it may serve."""
