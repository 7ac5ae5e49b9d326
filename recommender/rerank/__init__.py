"""Re-ranking: the order of an answer, by configuration. Pure, and everything is off unless asked for."""

from recommender.rerank.catalog_signals import CatalogSignals, read_catalog_signals
from recommender.rerank.rerank import Candidates, Ranked, rerank

__all__ = ["Candidates", "CatalogSignals", "Ranked", "read_catalog_signals", "rerank"]
