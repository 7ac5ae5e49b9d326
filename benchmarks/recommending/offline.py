"""Encode public sets of ordered histories, and compute the metrics of rankings on them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recommender.data.sequences import Ints, Sequences
from recommender.evaluation.metrics import Ranking, compute_metrics
from recommender.evaluation.popularity_bands import TAIL


def ordered(rows: Sequence[Ints]) -> Sequences:
    """Build histories of which only the order is known.

    Args:
        rows: Of each user, the numbers of their items, the oldest first.
    """
    lengths = np.array([len(row) for row in rows], np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    size = int(starts[-1])
    items = np.concatenate([np.zeros(0, np.int64), *rows]).astype(np.int64)
    places = np.arange(size) - np.repeat(starts[:-1], lengths)
    return Sequences(items, np.zeros(size, np.int64), places, np.ones(size, np.float32), np.ones(size, np.bool_), starts)


def compute_tail_metrics(ranking: Ranking, targets: Ints, met: Ints) -> dict[str, float]:
    """Compute Recall and NDCG at 10 and 20, coverage and Gini, and the Recall of rare targets.

    Args:
        ranking: What a ranker made of the targets.
        targets: One a user.
        met: How often each item was met in training, shape (items,).
    """
    ranks, times = ranking.ranks, met[targets]
    metrics = compute_metrics(ranking, targets)
    bands = {"tail": times < TAIL, "0": times == 0, "1-3": (times > 0) & (times < 4)}
    near = ranks < 10
    return metrics | {
        "recall@10": float(near.mean()),
        "ndcg@10": float(np.where(near, 1 / np.log2(ranks + 2), 0).mean()),
        **{f"recall@20 {name}": float((ranks[mask] < 20).mean()) for name, mask in bands.items() if mask.any()},
    }
