"""Measure the long tail: split items into bands by their number of interactions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.data.sequences import Bools, Ints

HEAD = 0.5  # share of all interactions that the items of the head have
TAIL = 5  # items with fewer interactions belong to the tail


def assign_popularity_bands(counts: Ints) -> Mapping[str, Bools]:
    """Assign every item to one band.

    Args:
        counts: Number of interactions of each item in training, shape (items,).

    Returns:
        Masks of the items: `cold` without interactions, `tail` with less than 5; `head` are the most popular items that have half of all
        interactions, `middle` the rest.

    Example:
        >>> {name: mask.tolist() for name, mask in assign_popularity_bands(np.array([90, 40, 4, 0])).items()}["head"]
        [True, False, False, False]
    """
    order = np.argsort(-counts, kind="stable")
    before = np.empty(len(counts), np.int64)
    before[order] = np.cumsum(counts[order]) - counts[order]
    rare, cold = counts < TAIL, counts == 0
    head = (before < HEAD * counts.sum()) & ~rare
    return {"head": head, "middle": ~head & ~rare, "tail": rare & ~cold, "cold": cold}


def compute_band_metrics(hits: NDArray[np.float64], targets: Ints, exposure: Ints, counts: Ints) -> dict[str, float]:
    """Compute Recall@20, coverage@20 and Gini@20 of each band.

    Args:
        hits: 1 where a user's target was hit, else 0, shape (users,).
        targets: The targets; -1 where unknown, which counts as cold.
        exposure: Number of users whose top 20 contains each item, shape (items,).
        counts: As for `assign_popularity_bands`.

    Returns:
        `recall@20 head` and so on; a band without a target has no recall, one without an item neither coverage nor Gini.
    """
    metrics: dict[str, float] = {}
    for name, items in assign_popularity_bands(counts).items():
        users = np.append(items, name == "cold")[targets]
        if users.any():
            metrics[f"recall@20 {name}"] = float(hits[users].mean())
        if items.any():
            metrics |= {f"coverage@20 {name}": float((exposure[items] > 0).mean()), f"gini@20 {name}": compute_gini(exposure[items])}
    return metrics


def compute_gini(values: NDArray[Any]) -> float:
    """Compute the Gini coefficient, from 0 (all equal) to nearly 1 (one has all); 0 where the sum is 0.

    Example:
        >>> compute_gini(np.array([1, 1])), compute_gini(np.array([0, 0, 0, 4]))
        (0.0, 0.75)
    """
    size, total = len(values), values.sum()
    if not total:
        return 0.0
    return float(2 * (np.arange(1, size + 1) * np.sort(values)).sum() / (size * total) - (size + 1) / size)
