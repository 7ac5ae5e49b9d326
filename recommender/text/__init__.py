"""What words say of items and of opinions: a language model reads them into unit vectors. torch is imported with the first text that is read."""

from recommender.text.encoder import Encoder, encoder
from recommender.text.item_embeddings import embed_items
from recommender.text.quantize import quantize_model_folder
from recommender.text.sentiment import sentiment
from recommender.text.vector_column import read_vector_column

__all__ = ["Encoder", "embed_items", "encoder", "quantize_model_folder", "read_vector_column", "sentiment"]
