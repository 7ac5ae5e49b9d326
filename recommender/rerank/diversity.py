"""Diversify answers by maximal marginal relevance (Carbonell and Goldstein 1998)."""

from __future__ import annotations

import numpy as np

from recommender.data.sequences import Floats, Ints


def maximal_marginal_relevance(order: Ints, utility: Floats, embeddings: Floats, weight: float, k: int) -> Ints:
    """Choose items one by one, each the best after a penalty for similarity to those above; the rest keep their order.

    Args:
        order: All candidates, the best first; it decides ties.
        utility: Of each candidate, shape (n,).
        embeddings: Of length 1 or 0, shape (n, d).
        weight: From 0, utility alone counts, to 1, dissimilarity alone.
        k: The number of items to choose.

    Example:
        >>> import numpy as np
        >>> embeddings = np.array([[1, 0], [1, 0], [0, 1]], np.float32)
        >>> maximal_marginal_relevance(np.arange(3), np.array([3, 2, 1], np.float32), embeddings, 0.5, k=2).tolist()
        [0, 2, 1]
    """
    ranked = embeddings[order].astype(np.float64)
    relevance = min_max_scale(utility)[order].astype(np.float64)
    max_similarity = np.zeros(len(order))
    available = np.ones(len(order), bool)
    chosen: list[int] = []
    for _ in range(min(k, len(order))):
        gains = np.where(available, (1 - weight) * relevance - weight * max_similarity, -np.inf)
        best = int(np.argmax(gains))
        chosen.append(best)
        available[best] = False
        max_similarity = np.maximum(max_similarity, ranked @ ranked[best])
    return np.concatenate([order[chosen], order[available]])


def min_max_scale(values: Floats) -> Floats:
    """Scale to the range from 0 to 1; 1 where all values are equal."""
    low, high = float(values.min(initial=np.inf)), float(values.max(initial=-np.inf))
    if not high > low:
        return np.ones_like(values)
    scaled: Floats = (values - low) / (high - low)
    return scaled
