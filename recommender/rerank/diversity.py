"""Answers that differ within themselves: maximal marginal relevance (Carbonell and Goldstein 1998)."""

from __future__ import annotations

import numpy as np

from recommender.data.sequences import Floats, Ints


def spread_out(order: Ints, worth: Floats, vectors: Floats, weight: float, k: int) -> Ints:
    """Choose one after the other, each the worthiest less what it repeats of those above; the rest stay in their order.

    Args:
        order: All candidates, the worthiest first; on equal footing it decides.
        worth: Of each candidate, shape (n,).
        vectors: Of length 1 or 0, shape (n, d).
        weight: From 0, worth alone counts, to 1, difference alone.
        k: How many to choose.
    """
    ranked = vectors[order].astype(np.float64)
    relevance = relative(worth)[order].astype(np.float64)
    likeness = np.zeros(len(order))
    left = np.ones(len(order), bool)
    chosen: list[int] = []
    for _ in range(min(k, len(order))):
        gains = np.where(left, (1 - weight) * relevance - weight * likeness, -np.inf)
        best = int(np.argmax(gains))
        chosen.append(best)
        left[best] = False
        likeness = np.maximum(likeness, ranked @ ranked[best])
    return np.concatenate([order[chosen], order[left]])


def relative(worth: Floats) -> Floats:
    """From 0, the least among the candidates, to 1, the most; 1 where all are alike."""
    least, most = float(worth.min(initial=np.inf)), float(worth.max(initial=-np.inf))
    if not most > least:
        return np.ones_like(worth)
    found: Floats = (worth - least) / (most - least)
    return found
