"""How good a ranking is: Recall, NDCG and coverage over all items, on a hold-out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from recommender.ranker import Ranker
from recommender.sequences import Bools, Floats, Ints, Sequences

TOP = 20
BATCH = 512


def evaluate(ranker: Ranker, histories: Sequences, targets: Ints, segments: Mapping[str, Bools] | None = None) -> dict[str, float]:
    """Rank all items for every user, less those of his history, and look where his target stands.

    Args:
        ranker: What is evaluated.
        histories: Of each user.
        targets: The item of each user, not in his history; -1 where the ranker does not know it, which it cannot hit.
        segments: Parts of the users to measure apart; one that holds nobody is left out.

    Returns:
        `recall@20` (hit rate, as each user has one target), `ndcg@20`, `coverage@20` (share of all items in anybody's
        top 20), and `recall@20 <segment>`. Items with equal scores share the mean of their ranks.
    """
    ranks = np.empty(len(histories))
    shown: set[int] = set()
    size = 1
    for users, some in histories.batches(BATCH):
        scores = ranker.score(some)
        size = scores.shape[1]
        scores[some.users, some.items] = -np.inf
        ranks[users] = _ranks(scores, targets[users])
        shown.update(np.unique(_top(scores)).tolist())
    hits = ranks < TOP
    gains = np.where(hits, 1 / np.log2(ranks + 2), 0.0)
    whole = {"recall@20": _mean(hits), "ndcg@20": _mean(gains), "coverage@20": len(shown) / size}
    return whole | {f"recall@20 {name}": _mean(hits[mask]) for name, mask in (segments or {}).items() if mask.any()}


def _ranks(scores: Floats, targets: Ints) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """How many items stand before each target, counted from 0; infinite where the target is unknown."""
    own = scores[np.arange(len(targets)), targets][:, None]
    ranks = (scores > own).sum(1) + ((scores == own).sum(1) - 1) / 2
    return np.where(targets < 0, np.inf, ranks)


def _top(scores: Floats) -> Ints:
    """The numbers of the items in each user's top; those of the history are never among them."""
    count = min(TOP, scores.shape[1])
    best = np.argpartition(-scores, count - 1, axis=1)[:, :count]
    return best[np.isfinite(np.take_along_axis(scores, best, axis=1))]


def _mean(values: np.ndarray[tuple[int], np.dtype[np.float64]] | Bools) -> float:
    return float(np.mean(values)) if len(values) else 0.0
