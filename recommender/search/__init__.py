"""Search by query: words with their typing errors forgiven, meaning, filters, and what the asker likes. Nothing heavy is imported before it is built."""

from recommender.search.filters import Filter
from recommender.search.search_index import Hit, Search

__all__ = ["Filter", "Hit", "Search"]
