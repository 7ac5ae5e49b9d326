"""Read the shop's store, its configuration and the cards of its models."""
