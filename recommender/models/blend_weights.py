"""How much each part of a blend counts, read off held-back interactions."""

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
NEAR = 100  # of each part's best items are looked at: what no part puts there, no blend of them puts into its top 20, nearly
ASKED = 8000  # users, at most; of more every n-th
BATCH = 256
GRID = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0, 1.5)
ROUNDS = 2  # over all parts
ROUNDING = 1e-6  # a spread that is smaller, as a share of the scores, is none
GIVEN = 0.05  # of NDCG, at most, for serving the long tail better
TINY = 1e-9  # stands for none

Weights: TypeAlias = tuple[float, ...]


def standardize(scores: Floats) -> Floats:
    """Each user's scores with mean 0 and standard deviation 1, so that those of several models can be added; 0 where all are equal."""
    apart = score_spread(scores)
    known: Floats = (scores - scores.mean(axis=1, keepdims=True)) * np.where(apart > 0, 1 / np.where(apart > 0, apart, 1), 0)[:, None].astype(np.float32)
    return known


def score_spread(scores: Floats) -> Floats:
    """The standard deviation of each user's scores, shape (users,); 0 where they differ by no more than rounding."""
    deviation: Floats = scores.std(axis=1)
    return np.where(deviation > ROUNDING * np.abs(scores).max(axis=1, initial=0), deviation, np.float32(0))


@dataclass(frozen=True, slots=True)
class BlendMetrics:
    """What some weights come to.

    Attributes:
        ndcg: Mean NDCG@20.
        recall: Recall@20 of all targets.
        tail: Recall@20 of those in the long tail; 0 where there are none.
    """

    ndcg: float
    recall: float
    tail: float

    @property
    def balance(self) -> float:
        """Recall of all and of the long tail: a hundredth more of the one is worth a hundredth more of the other."""
        return log(max(self.recall, TINY)) + log(max(self.tail, TINY))


@dataclass(frozen=True, slots=True, eq=False)
class CandidateScores:
    """What all parts say of the items in question: each user's target, then each part's best.

    Attributes:
        scores: Of each part, standardised; shape (parts, users, n).
        hidden: True where an item stands there already, or is of the history; shape (users, n).
        seldom: Whether the target belongs to the long tail; shape (users,).
    """

    scores: Floats
    hidden: Bools
    seldom: Bools

    def judged(self, weights: NDArray[np.float64]) -> BlendMetrics:
        """What some weights come to."""
        total = np.einsum("p,pun->un", weights.astype(np.float32), self.scores)
        total[self.hidden] = -np.inf
        before = (total[:, 1:] > total[:, :1]).sum(1) + (total[:, 1:] == total[:, :1]).sum(1) / 2
        gains = np.where(before < TOP, 1 / np.log2(before + 2), 0.0)
        tail = float((before[self.seldom] < TOP).mean()) if self.seldom.any() else 0.0
        return BlendMetrics(float(gains.mean()), float((before < TOP).mean()), tail)


def tune_blend_weights(parts: Mapping[str, Ranker], held: EvaluationSet) -> Mapping[str, float]:
    """The weight of each part, that of the best alone being 1, read off what was held back.

    First by turns, each is set to what gives the best NDCG@20. From there step by step to a better balance of the Recall@20 of all targets
    and of the long tail, always by the step that gains most for the NDCG that it costs, while at most GIVEN of that is lost.

    Args:
        parts: Models that learned from what was held to be learned from.
        held: What they are asked. Where nobody is asked, all count alike.
    """
    asked = np.flatnonzero(held.targets >= 0)
    asked = asked[:: max(1, len(asked) // ASKED)]
    if not len(asked):
        return dict.fromkeys(parts, 1.0)
    trial = _trial(parts, held, asked)
    judged = cache(lambda weights: trial.judged(np.array(weights)))
    alone = [tuple(float(part == each) for each in range(len(parts))) for part in range(len(parts))]
    best = _climbed(max(alone, key=lambda some: judged(some).ndcg), judged)
    return dict(zip(parts, _traded(best, judged), strict=True))


def _climbed(start: Weights, judged: Callable[[Weights], BlendMetrics]) -> Weights:
    """Each weight by turns set to what is best while the others stand; that of the lead stays 1."""
    best, lead = start, start.index(1.0)
    for part in [each for each in range(len(start)) if each != lead] * ROUNDS:
        best = max((best, *(_with(best, part, weight) for weight in GRID)), key=lambda some: judged(some).ndcg)
    return best


def _traded(start: Weights, judged: Callable[[Weights], BlendMetrics]) -> Weights:
    """From the best NDCG to a better balance, by the cheapest steps to the next weight of the grid."""
    here, lead, enough = start, start.index(1.0), (1 - GIVEN) * judged(start).ndcg
    while True:
        now = judged(here)
        steps = [step for step in _steps(here, lead) if judged(step).ndcg >= enough and judged(step).balance > now.balance]
        if not steps:
            return here
        here = max(steps, key=lambda step: (judged(step).balance - now.balance) / max(now.ndcg - judged(step).ndcg, TINY))


def _steps(here: Weights, lead: int) -> list[Weights]:
    """What differs in one weight by one step of the grid; that of the lead stays 1."""
    near = [(one, other) for pair in pairwise(GRID) for one, other in (pair, pair[::-1])]
    return [_with(here, part, other) for part in range(len(here)) if part != lead for one, other in near if one == here[part]]


def _with(weights: Weights, part: int, weight: float) -> Weights:
    return (*weights[:part], weight, *weights[part + 1 :])


def _trial(parts: Mapping[str, Ranker], held: EvaluationSet, users: Ints) -> CandidateScores:
    """Ask all parts for some users."""
    histories, targets = held.histories.select_users(users), held.targets[users]
    met = np.bincount(held.learned.items, minlength=int(targets.max()) + 1)[targets]
    asked = [_asked(parts, some, targets[them], met[them] < TAIL) for them, some in histories.iter_batches(BATCH)]
    return CandidateScores(
        np.concatenate([some.scores for some in asked], axis=1),
        np.concatenate([some.hidden for some in asked]),
        np.concatenate([some.seldom for some in asked]),
    )


def _asked(parts: Mapping[str, Ranker], histories: Sequences, targets: Ints, seldom: Bools) -> CandidateScores:
    told = [standardize(part.score(histories)) for part in parts.values()]
    met = np.zeros_like(told[0], dtype=np.bool_)
    met[histories.users, histories.items] = True
    near = min(NEAR, met.shape[1])
    best = [np.argpartition(np.where(met, np.inf, -scores), near - 1, axis=1)[:, :near] for scores in told]
    items = np.concatenate([targets[:, None], *best], axis=1)
    hidden = np.take_along_axis(met, items, axis=1) | _repeated(items)
    return CandidateScores(np.stack([np.take_along_axis(scores, items, axis=1) for scores in told]), hidden, seldom)


def _repeated(items: Ints) -> Bools:
    """True for all but the first place of each item of a row."""
    order = np.argsort(items, axis=1, kind="stable")
    ordered = np.take_along_axis(items, order, axis=1)
    again = np.zeros(items.shape, np.bool_)
    np.put_along_axis(again, order[:, 1:], ordered[:, 1:] == ordered[:, :-1], axis=1)
    return again
