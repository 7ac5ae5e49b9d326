"""How well the recommender ranks, searches and earns: one file a question, each a command of its own."""
