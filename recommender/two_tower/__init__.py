"""Two towers: a user, as attention over his last events, points to where the items that he wants next lie."""
