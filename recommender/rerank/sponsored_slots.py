"""Places that are sold: to the ad that is worth most, bid times chance of a click, among those that suit the user well enough."""

from __future__ import annotations

import numpy as np

from recommender.conversion import Rates
from recommender.data.sequences import Bools, Floats, Ints
from recommender.rerank.diversity import relative
from sluice.config.recommender import Ads


def placed(order: Ints, scores: Floats, bids: Floats | None, rates: Rates | None, settings: Ads | None, k: int) -> tuple[Ints, Bools]:
    """Sell the configured places of an answer; what stood there moves down by one.

    An ad needs a bid, and at least `floor` of the relevance of the item whose place it takes. Without heads its
    relevance stands for the chance of a click. A place that no ad is good enough for is not sold, and an item pays
    nothing for where it stands by itself.

    Args:
        order: All candidates, the best first.
        scores: How well each candidate suits the user, shape (n,); relevance is where it lies between the least and the most.
        bids: What a click on each is worth, shape (n,); nan or 0: it is no ad.
        rates: The chance of a click.
        settings: The places and the floor; None: none is sold.
        k: How many are shown: places behind are not sold.

    Returns:
        The order, a permutation of the one given, and which of its places are sold.
    """
    ads = np.zeros(len(order), bool)
    if settings is None or bids is None:
        return order, ads
    relevance = relative(scores)
    offers = np.nan_to_num(bids, nan=0.0) * (relevance if rates is None else rates.clicked)
    for slot in sorted(set(settings.slots)):
        if 1 <= slot <= min(k, len(order)):
            order, ads = _sold(order, ads, slot - 1, offers, relevance, settings.floor)
    return order, ads


def _sold(order: Ints, ads: Bools, place: int, offers: Floats, relevance: Floats, floor: float) -> tuple[Ints, Bools]:
    """One place, where an ad is good enough for it."""
    below = order[place + 1 :]
    good = (offers[below] > 0) & (relevance[below] >= floor * relevance[order[place]])
    if not good.any():
        return order, ads
    winner = below[int(np.argmax(np.where(good, offers[below], -np.inf)))]
    rest = order[order != winner]
    marked = ads.copy()
    marked[place] = True
    return np.insert(rest, place, winner), marked
