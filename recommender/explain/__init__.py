"""Why an item is recommended: what of the past, and what of the item, carried it; for the shopper in a sentence, for the team in numbers."""
