"""Select columns, derive features from them, and serialize arrays."""
