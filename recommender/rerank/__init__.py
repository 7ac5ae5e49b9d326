"""Re-ranking: the order of an answer, by configuration. Pure, and everything is off unless asked for."""

from recommender.rerank.facts import Facts, facts
from recommender.rerank.rerank import Candidates, Ranked, rerank

__all__ = ["Candidates", "Facts", "Ranked", "facts", "rerank"]
