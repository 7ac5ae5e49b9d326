"""Re-rank candidates by utility: relevance weighed with freshness, margin and conversion, then diversified, then ads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.conversion import ConversionProbabilities
from recommender.data.sequences import Bools, Floats, Ints
from recommender.rerank.catalog_signals import CatalogSignals
from recommender.rerank.diversity import maximal_marginal_relevance
from recommender.rerank.sponsored_slots import fill_sponsored_slots
from sluice.config.recommender import Rerank


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Hold the candidates of one answer, in any order.

    Attributes:
        scores: Of each candidate for the user, shape (n,); only differences count.
        embeddings: Of length 1 or 0, shape (n, d); None: similarity is unknown.
        probabilities: Of a click and a purchase; None where no conversion model was trained.
        signals: From the catalog.
    """

    scores: Floats
    embeddings: Floats | None = None
    probabilities: ConversionProbabilities | None = None
    signals: CatalogSignals = CatalogSignals()  # noqa: RUF009  # it is frozen


@dataclass(frozen=True, slots=True, eq=False)
class RankedCandidates:
    """Hold all candidates in order; both arrays of shape (n,).

    Attributes:
        order: Indices of candidates, the best first.
        ads: True where the position is sold to an ad.
    """

    order: Ints
    ads: Bools


def rerank(candidates: Candidates, settings: Rerank, k: int) -> RankedCandidates:
    """Order candidates; without weights, by their scores.

    Weights compare within one answer: scores are standardised among the candidates, as are the logarithms of purchase probabilities, and
    margins. So a weight of 1 counts as much as the score.

    Args:
        candidates: The candidates of one answer.
        settings: The weights.
        k: The length of the answer: only so many positions are diversified, or sold.

    Example:
        >>> import numpy as np
        >>> from sluice.config.recommender import Rerank
        >>> embeddings = np.array([[1, 0], [1, 0], [0, 1]], np.float32)
        >>> candidates = Candidates(np.array([3, 2, 1], np.float32), embeddings)
        >>> rerank(candidates, Rerank(), k=3).order.tolist()
        [0, 1, 2]
        >>> rerank(candidates, Rerank(diversity=0.5), k=3).order.tolist()
        [0, 2, 1]
    """
    utility = compute_utility(candidates, settings)
    order: Ints = np.argsort(-utility, kind="stable")
    if settings.diversity and candidates.embeddings is not None:
        order = maximal_marginal_relevance(order, utility, candidates.embeddings, settings.diversity, k)
    return RankedCandidates(*fill_sponsored_slots(order, candidates.scores, candidates.signals.bids, candidates.probabilities, settings.ads, k))


def compute_utility(candidates: Candidates, settings: Rerank) -> Floats:
    """Compute the utility of each candidate by itself, shape (n,)."""
    signals, probabilities = candidates.signals, candidates.probabilities
    terms = [
        (settings.freshness, None if signals.ages is None else _freshness(signals.ages, settings.half_life.total_seconds() / 86400)),
        (settings.margin, None if signals.margins is None else _standardise(signals.margins)),
        (settings.conversion, None if probabilities is None else _standardise(np.log(np.maximum(probabilities.purchase, 1e-9)))),
    ]
    weighted = [(weight, values) for weight, values in terms if weight and values is not None]
    if not weighted:
        return candidates.scores
    utility: Floats = (_standardise(candidates.scores) + sum(weight * values for weight, values in weighted)).astype(np.float32)
    return utility


def _freshness(ages: Floats, half_life: float) -> Floats:
    """Return 1 for items released today, half of it after each half-life, 0 where the age is unknown."""
    freshness: Floats = np.nan_to_num(np.exp2(-np.maximum(ages, 0) / half_life), nan=0.0)
    return freshness


def _standardise(values: Floats) -> Floats:
    """Scale to mean 0 and standard deviation 1; 0 where a value is unknown, or all are equal."""
    finite = np.isfinite(values)
    if not finite.any():
        return np.zeros_like(values)
    mean, std = values[finite].mean(), values[finite].std()
    scaled: Floats = np.where(finite & (std > 0), (np.where(finite, values, mean) - mean) / max(float(std), 1e-12), 0)
    return scaled
