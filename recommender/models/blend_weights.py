"""Tune the weights of a blend on validation data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import log
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from recommender.data.sequences import Bools, Floats, Ints, Sequences
from recommender.evaluation.popularity_bands import TAIL
from recommender.evaluation.validation import EvaluationSet
from recommender.ranker import Ranker

TOP = 20
CANDIDATES = 100  # best items of each part that are compared; what no part ranks there hardly reaches a blend's top 20
MAX_USERS = 8000  # users that are evaluated; of more every n-th
BATCH = 256
GRID = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0, 1.5)
ROUNDS = 2  # of coordinate ascent over all parts
ROUNDING = 1e-6  # spreads below this share of the scores count as rounding errors
MAX_NDCG_LOSS = 0.05  # share of NDCG that may be given up for the long tail
TINY = 1e-9  # stands for 0 in logarithms and divisors

Weights: TypeAlias = tuple[float, ...]


def standardize(scores: Floats) -> Floats:
    """Scale each user's scores to mean 0 and standard deviation 1, so that those of several models can be added; 0 where all are equal.

    Example:
        >>> standardize(np.array([[1, 3], [2, 2]], np.float32)).tolist()
        [[-1.0, 1.0], [0.0, 0.0]]
    """
    spread = score_spread(scores)
    scaled: Floats = (scores - scores.mean(axis=1, keepdims=True)) * np.where(spread > 0, 1 / np.where(spread > 0, spread, 1), 0)[:, None].astype(np.float32)
    return scaled


def score_spread(scores: Floats) -> Floats:
    """Return the standard deviation of each user's scores, shape (users,); 0 where they differ by no more than rounding."""
    deviation: Floats = scores.std(axis=1)
    return np.where(deviation > ROUNDING * np.abs(scores).max(axis=1, initial=0), deviation, np.float32(0))


@dataclass(frozen=True, slots=True)
class BlendMetrics:
    """Hold the metrics of a blend.

    Attributes:
        ndcg: Mean NDCG@20.
        recall: Recall@20 of all targets.
        tail: Recall@20 of targets in the long tail; 0 where there are none.
    """

    ndcg: float
    recall: float
    tail: float

    @property
    def balance(self) -> float:
        """Return the sum of the logarithms of recall and tail recall: one percent more of either is worth the same."""
        return log(max(self.recall, TINY)) + log(max(self.tail, TINY))


@dataclass(frozen=True, slots=True, eq=False)
class CandidateScores:
    """Hold the scores of all parts for each user's target, followed by each part's best items.

    Attributes:
        scores: Standardized scores, shape (parts, users, n).
        hidden: True where an item is a repetition, or part of the history; shape (users, n).
        is_tail: Whether the target belongs to the long tail; shape (users,).
    """

    scores: Floats
    hidden: Bools
    is_tail: Bools

    def evaluate(self, weights: NDArray[np.float64]) -> BlendMetrics:
        """Compute the metrics of a blend with these weights."""
        total = np.einsum("p,pun->un", weights.astype(np.float32), self.scores)
        total[self.hidden] = -np.inf
        ranks = (total[:, 1:] > total[:, :1]).sum(1) + (total[:, 1:] == total[:, :1]).sum(1) / 2
        gains = np.where(ranks < TOP, 1 / np.log2(ranks + 2), 0.0)
        tail = float((ranks[self.is_tail] < TOP).mean()) if self.is_tail.any() else 0.0
        return BlendMetrics(float(gains.mean()), float((ranks < TOP).mean()), tail)


Evaluate: TypeAlias = Callable[[Weights], BlendMetrics]


def tune_blend_weights(parts: Mapping[str, Ranker], validation: EvaluationSet) -> Mapping[str, float]:
    """Choose the weight of each part on validation data; the best single part has weight 1.

    First, coordinate ascent sets each weight to the value with the best NDCG@20. From there single steps improve the balance of the
    Recall@20 of all targets and of the long tail, always the step that gains most per NDCG lost, while at most MAX_NDCG_LOSS of NDCG is lost.

    Args:
        parts: Models fitted on `validation.train`.
        validation: Histories and targets. Without any target all weights are 1.
    """
    users = np.flatnonzero(validation.targets >= 0)
    users = users[:: max(1, len(users) // MAX_USERS)]
    if not len(users):
        return dict.fromkeys(parts, 1.0)
    candidates = _score_candidates(parts, validation, users)
    evaluate = cache(lambda weights: candidates.evaluate(np.array(weights)))
    single = [tuple(float(part == position) for position in range(len(parts))) for part in range(len(parts))]
    best = _ascend(max(single, key=lambda weights: evaluate(weights).ndcg), evaluate)
    return dict(zip(parts, _balance(best, evaluate), strict=True))


def _ascend(start: Weights, evaluate: Evaluate) -> Weights:
    """Set each weight in turn to the best value while the others stay; that of the best single part stays 1."""
    best, lead = start, start.index(1.0)
    for part in [position for position in range(len(start)) if position != lead] * ROUNDS:
        best = max((best, *(_replace(best, part, weight) for weight in GRID)), key=lambda weights: evaluate(weights).ndcg)
    return best


def _balance(start: Weights, evaluate: Evaluate) -> Weights:
    """Improve the balance from the best NDCG, by the cheapest steps to the next weight of the grid."""
    current, lead, min_ndcg = start, start.index(1.0), (1 - MAX_NDCG_LOSS) * evaluate(start).ndcg
    while True:
        now = evaluate(current)
        steps = [step for step in _steps(current, lead) if evaluate(step).ndcg >= min_ndcg and evaluate(step).balance > now.balance]
        if not steps:
            return current
        current = max(steps, key=lambda step: (evaluate(step).balance - now.balance) / max(now.ndcg - evaluate(step).ndcg, TINY))


def _steps(current: Weights, lead: int) -> list[Weights]:
    """Return all weights that differ in one part by one step of the grid; that of the best single part stays 1."""
    moves = [(old, new) for pair in pairwise(GRID) for old, new in (pair, pair[::-1])]
    return [_replace(current, part, new) for part in range(len(current)) if part != lead for old, new in moves if old == current[part]]


def _replace(weights: Weights, part: int, weight: float) -> Weights:
    return (*weights[:part], weight, *weights[part + 1 :])


def _score_candidates(parts: Mapping[str, Ranker], validation: EvaluationSet, users: Ints) -> CandidateScores:
    histories, targets = validation.histories.select_users(users), validation.targets[users]
    counts = np.bincount(validation.train.items, minlength=int(targets.max()) + 1)[targets]
    batches = [_score_batch(parts, batch, targets[rows], counts[rows] < TAIL) for rows, batch in histories.iter_batches(BATCH)]
    return CandidateScores(
        np.concatenate([batch.scores for batch in batches], axis=1),
        np.concatenate([batch.hidden for batch in batches]),
        np.concatenate([batch.is_tail for batch in batches]),
    )


def _score_batch(parts: Mapping[str, Ranker], histories: Sequences, targets: Ints, is_tail: Bools) -> CandidateScores:
    all_scores = [standardize(part.score(histories)) for part in parts.values()]
    in_history = np.zeros_like(all_scores[0], dtype=np.bool_)
    in_history[histories.users, histories.items] = True
    count = min(CANDIDATES, in_history.shape[1])
    best = [np.argpartition(np.where(in_history, np.inf, -scores), count - 1, axis=1)[:, :count] for scores in all_scores]
    items = np.concatenate([targets[:, None], *best], axis=1)
    hidden = np.take_along_axis(in_history, items, axis=1) | _is_repetition(items)
    return CandidateScores(np.stack([np.take_along_axis(scores, items, axis=1) for scores in all_scores]), hidden, is_tail)


def _is_repetition(items: Ints) -> Bools:
    """Return True for all but the first position of each item of a row."""
    order = np.argsort(items, axis=1, kind="stable")
    ordered = np.take_along_axis(items, order, axis=1)
    repeated = np.zeros(items.shape, np.bool_)
    np.put_along_axis(repeated, order[:, 1:], ordered[:, 1:] == ordered[:, :-1], axis=1)
    return repeated
