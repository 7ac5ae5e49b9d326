"""Find products that are listed under several ids: block, compare, learn from labelled pairs, and group what matches."""
