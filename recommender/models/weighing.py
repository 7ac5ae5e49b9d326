"""How much each part of a blend counts, read off held-back interactions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.bands import gini
from recommender.ranker import Ranker
from recommender.sequences import Bools, Floats, Ints, Sequences
from recommender.validation import Validation

TOP = 20
NEAR = 100  # of each part's best items are looked at: what no part puts there, no blend of them puts into its top 20, nearly
ASKED = 4000  # users, at most; of more every n-th
BATCH = 256
GRID = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0, 1.5)
ROUNDS = 2  # over all parts
ROUNDING = 1e-6  # a spread that is smaller, as a share of the scores, is none
EVENNESS = 0.03  # of NDCG is given for showing items more evenly


def standard(scores: Floats) -> Floats:
    """Each user's scores with mean 0 and standard deviation 1, so that those of several models can be added; 0 where all are equal."""
    apart = spread(scores)
    known: Floats = (scores - scores.mean(axis=1, keepdims=True)) * np.where(apart > 0, 1 / np.where(apart > 0, apart, 1), 0)[:, None].astype(np.float32)
    return known


def spread(scores: Floats) -> Floats:
    """The standard deviation of each user's scores, shape (users,); 0 where they differ by no more than rounding."""
    deviation: Floats = scores.std(axis=1)
    return np.where(deviation > ROUNDING * np.abs(scores).max(axis=1, initial=0), deviation, np.float32(0))


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """What all parts say of the items in question.

    Attributes:
        items: Each user's target, then each part's best; shape (users, n).
        scores: Of each part, standardised; shape (parts, users, n).
        hidden: True where an item stands there already, or is of the history; shape (users, n).
    """

    items: Ints
    scores: Floats
    hidden: Bools

    def judged(self, weights: NDArray[np.float64]) -> tuple[float, float]:
        """Mean NDCG@20 under some weights, and the Gini of what is shown."""
        total = np.einsum("p,pun->un", weights.astype(np.float32), self.scores)
        total[self.hidden] = -np.inf
        before = (total[:, 1:] > total[:, :1]).sum(1) + (total[:, 1:] == total[:, :1]).sum(1) / 2
        best = np.argpartition(-total, TOP, axis=1)[:, :TOP] if total.shape[1] > TOP else np.broadcast_to(np.arange(total.shape[1]), total.shape)
        shown = np.take_along_axis(self.items, best, axis=1)[np.isfinite(np.take_along_axis(total, best, axis=1))]
        return float(np.where(before < TOP, 1 / np.log2(before + 2), 0.0).mean()), gini(np.bincount(shown, minlength=int(self.items.max()) + 1))


def tuned(parts: Mapping[str, Ranker], held: Validation) -> Mapping[str, float]:
    """The weight of each part, that of the best alone being 1: by turns, each is set to what is best on what was held back.

    Of all weights that were tried, those are taken that show items most evenly while they lose at most EVENNESS of the best NDCG@20. A long
    tail costs little there, since many weights are nearly as good.

    Args:
        parts: Models that learned from what was held to be learned from.
        held: What they are asked. Where nobody is asked, all count alike.
    """
    asked = np.flatnonzero(held.targets >= 0)
    asked = asked[:: max(1, len(asked) // ASKED)]
    if not len(asked):
        return dict.fromkeys(parts, 1.0)
    trial = _trial(parts, held.histories.of(asked), held.targets[asked])
    found = _searched(trial, len(parts))
    best = max(ndcg for ndcg, _ in found.values())
    weights = min((weights for weights, (ndcg, _) in found.items() if ndcg >= (1 - EVENNESS) * best), key=lambda each: found[each][::-1])
    return dict(zip(parts, weights, strict=True))


def _searched(trial: Trial, parts: int) -> dict[tuple[float, ...], tuple[float, float]]:
    """NDCG@20 and Gini of all weights that were tried."""
    found: dict[tuple[float, ...], tuple[float, float]] = {}

    def ndcg(weights: tuple[float, ...]) -> float:
        if weights not in found:
            found[weights] = trial.judged(np.array(weights))
        return found[weights][0]

    alone = [tuple(float(part == each) for each in range(parts)) for part in range(parts)]
    best = max(alone, key=ndcg)
    lead = best.index(1.0)
    for part in [each for each in range(parts) if each != lead] * ROUNDS:
        best = max(((*best[:part], weight, *best[part + 1 :]) for weight in GRID), key=ndcg)
    return found


def _trial(parts: Mapping[str, Ranker], histories: Sequences, targets: Ints) -> Trial:
    """Ask all parts."""
    asked = [_asked(parts, some, targets[users]) for users, some in histories.batches(BATCH)]
    items, scores, hidden = ([each.items for each in asked], [each.scores for each in asked], [each.hidden for each in asked])
    return Trial(np.concatenate(items), np.concatenate(scores, axis=1), np.concatenate(hidden))


def _asked(parts: Mapping[str, Ranker], histories: Sequences, targets: Ints) -> Trial:
    told = [standard(part.score(histories)) for part in parts.values()]
    met = np.zeros_like(told[0], dtype=np.bool_)
    met[histories.users, histories.items] = True
    near = min(NEAR, met.shape[1])
    best = [np.argpartition(np.where(met, np.inf, -scores), near - 1, axis=1)[:, :near] for scores in told]
    items = np.concatenate([targets[:, None], *best], axis=1)
    hidden = np.take_along_axis(met, items, axis=1) | _repeated(items)
    return Trial(items, np.stack([np.take_along_axis(scores, items, axis=1) for scores in told]), hidden)


def _repeated(items: Ints) -> Bools:
    """True for all but the first place of each item of a row."""
    order = np.argsort(items, axis=1, kind="stable")
    ordered = np.take_along_axis(items, order, axis=1)
    again = np.zeros(items.shape, np.bool_)
    np.put_along_axis(again, order[:, 1:], ordered[:, 1:] == ordered[:, :-1], axis=1)
    return again
