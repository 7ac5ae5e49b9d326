"""Split interactions into training data and hold-outs, and measure rankings on them."""
