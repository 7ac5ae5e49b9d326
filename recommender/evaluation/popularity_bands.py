"""The long tail: how an item fares by how often it was met."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.data.sequences import Bools, Ints

HEAD = 0.5  # of all interactions fall on the items of the head
TAIL = 5  # an item met less often belongs to the tail


def assign_popularity_bands(counts: Ints) -> Mapping[str, Bools]:
    """Which items belong to each band: every item to exactly one.

    Args:
        counts: How often each item was met in training, shape (items,).

    Returns:
        `cold` was never met, `tail` less than 5 times; `head` are the most met items that half of all interactions fall on, `middle` the others.
    """
    order = np.argsort(-counts, kind="stable")
    before = np.empty(len(counts), np.int64)
    before[order] = np.cumsum(counts[order]) - counts[order]
    seldom, cold = counts < TAIL, counts == 0
    head = (before < HEAD * counts.sum()) & ~seldom
    return {"head": head, "middle": ~head & ~seldom, "tail": seldom & ~cold, "cold": cold}


def compute_band_metrics(hits: NDArray[np.float64], targets: Ints, shown: Ints, counts: Ints) -> dict[str, float]:
    """Recall@20, coverage@20 and Gini@20 of each band.

    Args:
        hits: Whether each user's target was hit, shape (users,).
        targets: The targets; -1 where unknown, which counts as cold.
        shown: In how many users' top 20 each item is, shape (items,).
        counts: Of `bands`.

    Returns:
        `recall@20 head` and so on; a band without a target has no recall, one without an item neither coverage nor Gini.
    """
    found: dict[str, float] = {}
    for name, items in assign_popularity_bands(counts).items():
        users = np.append(items, name == "cold")[targets]
        if users.any():
            found[f"recall@20 {name}"] = float(hits[users].mean())
        if items.any():
            found |= {f"coverage@20 {name}": float((shown[items] > 0).mean()), f"gini@20 {name}": compute_gini(shown[items])}
    return found


def compute_gini(values: NDArray[Any]) -> float:
    """How unequal values are, from 0 (all alike) to nearly 1 (one has all); 0 where there is nothing to share."""
    size, total = len(values), values.sum()
    if not total:
        return 0.0
    return float(2 * (np.arange(1, size + 1) * np.sort(values)).sum() / (size * total) - (size + 1) / size)
