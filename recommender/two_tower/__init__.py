"""Learn a two-tower model: the user tower attends over a user's last events and predicts where the next items lie."""
