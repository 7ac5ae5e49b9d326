"""Search a catalog by query: typo-tolerant BM25, semantic similarity, filters and user preference. Heavy libraries are imported when an index is built."""

from recommender.data.filters import Filter
from recommender.search.search_index import SearchIndex

__all__ = ["Filter", "SearchIndex"]
