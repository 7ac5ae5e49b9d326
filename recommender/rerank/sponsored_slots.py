"""Sell positions to the ad with the highest expected revenue, bid times click probability, among those relevant enough."""

from __future__ import annotations

import numpy as np

from recommender.conversion import ConversionProbabilities
from recommender.data.sequences import Bools, Floats, Ints
from recommender.rerank.diversity import min_max_scale
from sluice.config.recommender import Ads


def fill_sponsored_slots(
    order: Ints, scores: Floats, bids: Floats | None, probabilities: ConversionProbabilities | None, settings: Ads | None, k: int
) -> tuple[Ints, Bools]:
    """Fill the configured positions of an answer with ads; the items below move down by one.

    An ad needs a bid, and at least `min_relevance` times the relevance of the item whose position it takes. Without a conversion model the relevance
    replaces the click probability. A position without a good enough ad is not sold, and an item pays nothing for its organic position.

    Args:
        order: All candidates, the best first.
        scores: Of each candidate for the user, shape (n,); relevance is the min-max scaled score.
        bids: The price of a click, shape (n,); nan or 0: the item is no ad.
        probabilities: Of a click.
        settings: The positions and the floor; None: nothing is sold.
        k: The length of the answer: positions behind it are not sold.

    Returns:
        The new order, a permutation of `order`, and which of its positions are sold.

    Example:
        >>> import numpy as np
        >>> from sluice.config.recommender import Ads
        >>> scores, bids = np.array([3, 2, 1, 0], np.float32), np.array([np.nan, np.nan, 0.2, np.nan], np.float32)
        >>> order, ads = fill_sponsored_slots(np.arange(4), scores, bids, None, Ads(bid="bid", slots=(2,), min_relevance=0.0), k=3)
        >>> order.tolist(), ads.tolist()
        ([0, 2, 1, 3], [False, True, False, False])
    """
    ads = np.zeros(len(order), bool)
    if settings is None or bids is None:
        return order, ads
    relevance = min_max_scale(scores)
    revenue = np.nan_to_num(bids, nan=0.0) * (relevance if probabilities is None else probabilities.click)
    for slot in sorted(set(settings.slots)):
        if 1 <= slot <= min(k, len(order)):
            order, ads = _sell(order, ads, slot - 1, revenue, relevance, settings.min_relevance)
    return order, ads


def _sell(order: Ints, ads: Bools, position: int, revenue: Floats, relevance: Floats, floor: float) -> tuple[Ints, Bools]:
    """Sell one position, where an ad is good enough for it."""
    below = order[position + 1 :]
    eligible = (revenue[below] > 0) & (relevance[below] >= floor * relevance[order[position]])
    if not eligible.any():
        return order, ads
    winner = below[int(np.argmax(np.where(eligible, revenue[below], -np.inf)))]
    rest = order[order != winner]
    sold = ads.copy()
    sold[position] = True
    return np.insert(rest, position, winner), sold
