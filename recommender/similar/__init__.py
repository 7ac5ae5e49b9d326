"""Recommend items that are similar to one item, by the parts of the serving model, each with a reason."""

from recommender.similar.similar_items import find_similar

__all__ = ["find_similar"]
