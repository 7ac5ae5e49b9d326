"""Train the recommender: read the data, fit the candidates, choose one and describe it on a card."""
