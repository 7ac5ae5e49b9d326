"""The embedded recommender: learns only from data that its gate lets through."""
