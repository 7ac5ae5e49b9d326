"""The best candidates put in order: what a user wants, weighed with what is new, earns, is likely bought, differs, and is paid for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.conversion import Rates
from recommender.data.sequences import Bools, Floats, Ints
from recommender.rerank.catalog_signals import CatalogSignals
from recommender.rerank.diversity import spread_out
from recommender.rerank.sponsored_slots import placed
from sluice.config.recommender import Rerank


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """What may be shown, in any order.

    Attributes:
        scores: How well each suits the user, shape (n,); only their differences count.
        vectors: Of length 1 or 0, shape (n, d): what is near is alike. None: nothing is known to be.
        rates: What showing each would come to; None where that was not learned.
        facts: What the catalog says of them.
    """

    scores: Floats
    vectors: Floats | None = None
    rates: Rates | None = None
    facts: CatalogSignals = CatalogSignals()  # noqa: RUF009  # it is frozen


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """All candidates in order; both of shape (n,).

    Attributes:
        order: Their places among the candidates, the best first.
        ads: True where the one at that place of the order stands there because it is paid for.
    """

    order: Ints
    ads: Bools


def rerank(candidates: Candidates, settings: Rerank, k: int) -> Ranked:
    """Put candidates in order; where no weight is set, in that of their scores.

    Weights compare within one answer: scores are brought to spread 1 among the candidates, as are the logarithms of
    the chance of a purchase, and margins. So a weight of 1 counts as much as the score does.

    Args:
        candidates: What may be shown.
        settings: The weights.
        k: How many will be shown: only so many places are diversified, or sold.
    """
    worth = valued(candidates, settings)
    order: Ints = np.argsort(-worth, kind="stable")
    if settings.diversity and candidates.vectors is not None:
        order = spread_out(order, worth, candidates.vectors, settings.diversity, k)
    return Ranked(*placed(order, candidates.scores, candidates.facts.bids, candidates.rates, settings.ads, k))


def valued(candidates: Candidates, settings: Rerank) -> Floats:
    """What each candidate is worth by itself, shape (n,)."""
    given, held = candidates.facts, candidates.rates
    added = [
        (settings.freshness, None if given.ages is None else _freshness(given.ages, settings.half_life.total_seconds() / 86400)),
        (settings.margin, None if given.margins is None else _standard(given.margins)),
        (settings.conversion, None if held is None else _standard(np.log(np.maximum(held.bought, 1e-9)))),
    ]
    wanted = [(weight, values) for weight, values in added if weight and values is not None]
    if not wanted:
        return candidates.scores
    found: Floats = (_standard(candidates.scores) + sum(weight * values for weight, values in wanted)).astype(np.float32)
    return found


def _freshness(ages: Floats, half_life: float) -> Floats:
    """1 for what is sold since today, half of it after each half-life, 0 where that is not known."""
    found: Floats = np.nan_to_num(np.exp2(-np.maximum(ages, 0) / half_life), nan=0.0)
    return found


def _standard(values: Floats) -> Floats:
    """Mean 0 and spread 1; 0 where a value is not known, or all are alike."""
    known = np.isfinite(values)
    if not known.any():
        return np.zeros_like(values)
    middle, spread = values[known].mean(), values[known].std()
    found: Floats = np.where(known & (spread > 0), (np.where(known, values, middle) - middle) / max(float(spread), 1e-12), 0)
    return found
