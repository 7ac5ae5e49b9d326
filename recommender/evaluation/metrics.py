"""How good a ranking is: Recall, NDCG, coverage and Gini over all items, on a hold-out; by parts of the users and by bands of popularity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from recommender.data.sequences import Bools, Floats, Ints, Sequences
from recommender.evaluation.popularity_bands import compute_band_metrics, compute_gini
from recommender.ranker import Ranker

TOP = 20
BATCH = 512

Reals: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """What a ranker made of a hold-out: all that its metrics are computed from.

    Attributes:
        ranks: How many items stand before each user's target, counted from 0; infinite where the ranker does not know it; shape (users,).
        shown: In how many users' top 20 each item is, shape (items,).
    """

    ranks: Reals
    shown: Ints

    @property
    def hits(self) -> Reals:
        """Each user's Recall@20, which is 1 or 0 as he has one target."""
        return (self.ranks < TOP).astype(np.float64)

    @property
    def gains(self) -> Reals:
        """Each user's NDCG@20."""
        return np.where(self.ranks < TOP, 1 / np.log2(self.ranks + 2), 0.0)


def evaluate(ranker: Ranker, histories: Sequences, targets: Ints, segments: Mapping[str, Bools] | None = None, counts: Ints | None = None) -> dict[str, float]:
    """Rank all items for every user, less those of his history, and look where his target stands.

    Args:
        ranker: What is evaluated.
        histories: Of each user.
        targets: The item of each user, not in his history; -1 where the ranker does not know it, which it cannot hit.
        segments: Parts of the users to measure apart.
        counts: How often each item was met in training, shape (items,); where given, bands of popularity are measured apart.

    Returns:
        Of `metrics`. Items with equal scores share the mean of their ranks.
    """
    return compute_metrics(rank_items(ranker, histories, targets), targets, segments, counts)


def rank_items(ranker: Ranker, histories: Sequences, targets: Ints) -> Ranking:
    """Rank all items for every user; arguments as for `evaluate`."""
    parts = [_ranked(ranker, some, targets[users]) for users, some in histories.iter_batches(BATCH)] or [_ranked(ranker, histories, targets)]
    return Ranking(np.concatenate([part.ranks for part in parts]), np.sum([part.shown for part in parts], axis=0))


def compute_target_ranks(ranker: Ranker, histories: Sequences, targets: Ints) -> Reals:
    """How many items stand before each user's target, from which paired differences are drawn; infinite where it is unknown; shape (users,)."""
    return rank_items(ranker, histories, targets).ranks


def compute_metrics(ranking: Ranking, targets: Ints, segments: Mapping[str, Bools] | None = None, counts: Ints | None = None) -> dict[str, float]:
    """What a ranking is worth; arguments as for `evaluate`.

    Returns:
        `recall@20` (hit rate, as each user has one target), `ndcg@20`, `coverage@20` (share of all items in anybody's top 20), `gini@20`
        (how unequally items are shown: 0 all alike, 1 one alone), `recall@20 <segment>`, and recall, coverage and Gini of each band. A
        segment or band that holds nobody, or nothing, is left out.
    """
    hits, shown = ranking.hits, ranking.shown
    whole = {
        "recall@20": _mean(hits),
        "ndcg@20": _mean(ranking.gains),
        "coverage@20": _mean((shown > 0).astype(np.float64)),
        "gini@20": compute_gini(shown),
    }
    parts = {f"recall@20 {name}": _mean(hits[mask]) for name, mask in (segments or {}).items() if mask.any()}
    return whole | parts | ({} if counts is None else compute_band_metrics(hits, targets, shown, counts))


def _ranked(ranker: Ranker, histories: Sequences, targets: Ints) -> Ranking:
    scores = ranker.score(histories)
    scores[histories.users, histories.items] = -np.inf
    return Ranking(_ranks(scores, targets), np.bincount(_top(scores), minlength=scores.shape[1]))


def _ranks(scores: Floats, targets: Ints) -> Reals:
    """A target whose own score is not finite is unknown; what has no number for a score stands before every target, so it wins nothing."""
    own = scores[np.arange(len(targets)), targets][:, None]
    before = (~(scores <= own)).sum(1) + ((scores == own).sum(1) - 1) / 2
    return np.where((targets < 0) | ~np.isfinite(own[:, 0]), np.inf, before)


def _top(scores: Floats) -> Ints:
    """The numbers of the items in all users' tops; those of a history are never among them."""
    count = min(TOP, scores.shape[1])
    best = np.argpartition(-scores, count - 1, axis=1)[:, :count]
    return best[np.isfinite(np.take_along_axis(scores, best, axis=1))]


def _mean(values: Reals) -> float:
    return float(np.mean(values)) if len(values) else 0.0
