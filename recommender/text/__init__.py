"""Embed texts of items and reviews by a language model. torch is imported when the first text is read."""

from recommender.text.encoder import Encoder, load_encoder
from recommender.text.item_embeddings import embed_items
from recommender.text.quantize import quantize_model_folder
from recommender.text.sentiment import score_sentiment
from recommender.text.vector_column import read_vector_column

__all__ = ["Encoder", "embed_items", "load_encoder", "quantize_model_folder", "read_vector_column", "score_sentiment"]
