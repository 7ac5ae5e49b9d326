"""Re-rank candidates by configuration: freshness, margin, conversion, diversity, ads. Pure functions; everything is off by default."""

from recommender.rerank.catalog_signals import CatalogSignals, read_catalog_signals
from recommender.rerank.rerank import Candidates, RankedCandidates, rerank

__all__ = ["Candidates", "CatalogSignals", "RankedCandidates", "read_catalog_signals", "rerank"]
