"""Measure how many of the best items of a user the approximate index finds, for models with so many items that one is used."""

from __future__ import annotations

import numpy as np

from recommender.data.sequences import Sequences
from recommender.models.ann_index import MAX_EXACT_ITEMS
from recommender.ranker import Ranker
from recommender.serving.retrieval import ExhaustiveRetriever, build_retriever

TOP_K = 100
MAX_USERS = 200


def measure_ann_recall(ranker: Ranker, histories: Sequences, max_exact_items: int = MAX_EXACT_ITEMS) -> dict[str, object]:
    """Measure the recall of retrieval against exhaustive scoring, for the card.

    Args:
        ranker: The ranker to serve.
        histories: Of users of the hold-out; users without events are skipped.
        max_exact_items: The number of items above which an index is used.

    Returns:
        `exact`; where that is False also `recall`, the mean share of the `best` items that the index finds, over `users`.
    """
    retriever = build_retriever(ranker, max_exact_items)
    if isinstance(retriever, ExhaustiveRetriever):
        return {"exact": True}
    sample = histories.select_users(np.flatnonzero(histories.lengths)[:MAX_USERS])
    allowed = np.ones(ranker.score(sample.select_users(np.zeros(0, np.int64))).shape[1], np.bool_)
    retrieved = retriever.retrieve(sample, allowed, TOP_K)[0]
    exact = ExhaustiveRetriever(ranker).retrieve(sample, allowed, TOP_K)[0]
    recalls = [np.isin(truth[truth >= 0], items).mean() for items, truth in zip(retrieved, exact, strict=True)]
    return {"exact": False, "recall": float(np.mean(recalls)) if recalls else None, "best": TOP_K, "users": len(recalls)}
