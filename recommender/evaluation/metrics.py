"""Measure rankings on a hold-out: Recall, NDCG, coverage and Gini over all items, by segments of users and by popularity bands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from recommender.data.sequences import Bools, Floats, Ints, Sequences
from recommender.evaluation.popularity_bands import compute_band_metrics, compute_gini
from recommender.ranker import Scorer

TOP = 20
BATCH = 512

Reals: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Hold the result of ranking a hold-out, from which all metrics are computed.

    Attributes:
        ranks: Rank of each user's target, counted from 0; infinite where the ranker does not know it; shape (users,).
        exposure: Number of users whose top 20 contains each item, shape (items,).
    """

    ranks: Reals
    exposure: Ints

    @property
    def hits(self) -> Reals:
        """Return each user's Recall@20, which is 1 or 0, as each has one target."""
        return (self.ranks < TOP).astype(np.float64)

    @property
    def gains(self) -> Reals:
        """Return each user's NDCG@20."""
        return np.where(self.ranks < TOP, 1 / np.log2(self.ranks + 2), 0.0)


def evaluate(ranker: Scorer, histories: Sequences, targets: Ints, segments: Mapping[str, Bools] | None = None, counts: Ints | None = None) -> dict[str, float]:
    """Rank all items that are not in a user's history, and compute metrics from the rank of the target.

    Args:
        ranker: Ranker to evaluate.
        histories: Histories of the users.
        targets: Item of each user, not in the history; -1 where the ranker does not know it, which is never a hit.
        segments: Segments of the users to measure separately.
        counts: Number of interactions of each item in training, shape (items,); if present, popularity bands are measured separately.

    Returns:
        Metrics of `compute_metrics`. Items with equal scores share the mean of their ranks.

    Example:
        >>> from recommender.models.popularity import Popularity
        >>> ranker = Popularity(np.array([3, 2, 1], np.float32))
        >>> metrics = evaluate(ranker, Sequences.from_lists([[0], [0]]), np.array([1, 2]))
        >>> f"{metrics['ndcg@20']:.2f}"
        '0.82'
    """
    return compute_metrics(rank_items(ranker, histories, targets), targets, segments, counts)


def rank_items(ranker: Scorer, histories: Sequences, targets: Ints) -> Ranking:
    """Rank all items for every user; arguments as for `evaluate`."""
    parts = [_rank_batch(ranker, batch, targets[users]) for users, batch in histories.iter_batches(BATCH)] or [_rank_batch(ranker, histories, targets)]
    return Ranking(np.concatenate([part.ranks for part in parts]), np.sum([part.exposure for part in parts], axis=0))


def compute_target_ranks(ranker: Scorer, histories: Sequences, targets: Ints) -> Reals:
    """Return the rank of each user's target, for paired comparisons; infinite where it is unknown; shape (users,)."""
    return rank_items(ranker, histories, targets).ranks


def compute_metrics(ranking: Ranking, targets: Ints, segments: Mapping[str, Bools] | None = None, counts: Ints | None = None) -> dict[str, float]:
    """Compute the metrics of a ranking; arguments as for `evaluate`.

    Returns:
        `recall@20` (hit rate, as each user has one target), `ndcg@20`, `coverage@20` (share of all items in any top 20), `gini@20`
        (inequality of exposure: 0 all equal, 1 a single item), `recall@20 <segment>`, and recall, coverage and Gini of each band. Empty
        segments and bands are left out.
    """
    hits, exposure = ranking.hits, ranking.exposure
    overall = {
        "recall@20": _mean(hits),
        "ndcg@20": _mean(ranking.gains),
        "coverage@20": _mean((exposure > 0).astype(np.float64)),
        "gini@20": compute_gini(exposure),
    }
    by_segment = {f"recall@20 {name}": _mean(hits[mask]) for name, mask in (segments or {}).items() if mask.any()}
    return overall | by_segment | ({} if counts is None else compute_band_metrics(hits, targets, exposure, counts))


def _rank_batch(ranker: Scorer, histories: Sequences, targets: Ints) -> Ranking:
    scores = ranker.score(histories)
    scores[histories.users, histories.items] = -np.inf
    return Ranking(_target_ranks(scores, targets), np.bincount(_top_items(scores), minlength=scores.shape[1]))


def _target_ranks(scores: Floats, targets: Ints) -> Reals:
    """Rank the targets; one whose score is not finite is unknown, and items with NaN scores rank above every target."""
    own = scores[np.arange(len(targets)), targets][:, None]
    before = (~(scores <= own)).sum(1) + ((scores == own).sum(1) - 1) / 2
    return np.where((targets < 0) | ~np.isfinite(own[:, 0]), np.inf, before)


def _top_items(scores: Floats) -> Ints:
    """Return the numbers of the items in all users' tops; those of a history are never among them."""
    count = min(TOP, scores.shape[1])
    best = np.argpartition(-scores, count - 1, axis=1)[:, :count]
    return best[np.isfinite(np.take_along_axis(scores, best, axis=1))]


def _mean(values: Reals) -> float:
    return float(np.mean(values)) if len(values) else 0.0
