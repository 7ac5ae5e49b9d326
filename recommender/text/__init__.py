"""What words say of items and of opinions: a language model reads them into unit vectors. torch is imported with the first text that is read."""

from recommender.text.encoder import Encoder, encoder
from recommender.text.items import item_vectors
from recommender.text.sentiment import sentiment
from recommender.text.smaller import smaller
from recommender.text.vectors import vectors

__all__ = ["Encoder", "encoder", "item_vectors", "sentiment", "smaller", "vectors"]
