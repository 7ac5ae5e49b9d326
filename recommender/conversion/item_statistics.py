"""Compute statistics of items from the impressions before a moment: how often each was shown, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.conversion.impressions import NEVER, Impressions
from recommender.conversion.item_features import WIDTH, ItemFeatures, append_zero_row, normalize_rows, randomized_svd
from recommender.conversion.log_odds import MIN_PROBABILITY, smoothed_log_odds
from recommender.data.sequences import Floats, Ints

PRIOR = 10.0  # impressions at the shop's base rate that smooth each item's own
CLICK_PRIOR = 3.0  # the same, of clicks
NEIGHBOUR_PRIOR = 3.0  # the same, of impressions of similar items
ANCHORS = 4096  # items with the most impressions, from which rates of neighbours are computed
HALF_LIFE = 3 * 86400  # seconds until an impression counts half for current demand
CO_IMPRESSION = "co-impression"  # the embedding of items by the users who saw them

Counts: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ItemStatistics:
    """Hold statistics of items at a moment; one row per item and a last one for unknown items.

    Attributes:
        base_rates: The share of the shop's impressions that were clicked, and that were bought; shape (2,).
        features: By name, shape (items + 1,).
        items: The static features, with the co-impression embedding.
    """

    base_rates: Floats
    features: Mapping[str, Floats]
    items: ItemFeatures


def compute_item_statistics(impressions: Impressions, items: ItemFeatures, until: int = NEVER) -> ItemStatistics:
    """Count impressions, clicks and purchases before a moment; later outcomes are unknown.

    Args:
        impressions: All impressions.
        items: The static features.
        until: The moment, in seconds since 1970.
    """
    before = impressions.where(impressions.times < until)
    outcomes: Counts = np.stack([np.ones(len(before)), before.click_times < until, before.purchase_times < until])
    counts: Counts = np.stack([np.bincount(before.items, weights=outcome, minlength=items.count + 1) for outcome in outcomes])
    rates = np.clip(outcomes[1:].mean(axis=1) if len(before) else np.zeros(2), MIN_PROBABILITY, 0.5).astype(np.float32)
    embeddings = {CO_IMPRESSION: append_zero_row(_co_impression_embedding(before, items.count)), **items.embeddings}
    features = {
        "item impressions": _relative_to_mean(counts[0]),
        "item recent impressions": _relative_to_mean(_recent_impressions(before, items.count)),
        "item click rate": smoothed_log_odds(counts[1], counts[0], rates[0], PRIOR),
        "item purchase rate": smoothed_log_odds(counts[2], counts[0], rates[1], PRIOR),
        "item purchases per click": smoothed_log_odds(counts[2], counts[1], rates[1] / rates[0], CLICK_PRIOR),
    }
    for name, vectors in embeddings.items():
        features |= _neighbour_rates(name, vectors, counts, rates)
    for name, codes in items.categorical.items():
        features |= _category_rates(name, codes, counts, rates)
    return ItemStatistics(rates, features, replace(items, embeddings=embeddings))


def canonical_feature(name: str) -> str:
    """Translate the name of an item statistic in an artifact written before the statistics were renamed."""
    old_names = {"item shown": "item impressions", "item in demand": "item recent impressions", "item bought of clicked": "item purchases per click"}
    source, _, outcome = name.rpartition(" ")
    if name in old_names or outcome not in ("clicked", "bought"):
        return old_names.get(name, name)
    source = {"met": f"{CO_IMPRESSION} neighbours", "text": "text neighbours"}.get(source, source)
    return f"{source} {'click' if outcome == 'clicked' else 'purchase'} rate"


def _relative_to_mean(counts: Counts) -> Floats:
    """Compute the logarithm of a count relative to the mean item, so that it does not drift as history grows."""
    relative: Floats = np.log((counts + 1) / (counts[:-1].mean() + 1)).astype(np.float32)
    return relative


def _recent_impressions(before: Impressions, items: int) -> Counts:
    decay = np.exp2((before.times - before.times.max(initial=0)) / HALF_LIFE)
    return np.bincount(before.items, weights=decay, minlength=items + 1).astype(np.float64)


def _co_impression_embedding(before: Impressions, items: int) -> Floats:
    """Embed items by the users who saw them (latent semantic analysis), at length 1."""
    users, rows = np.unique(before.users, return_inverse=True)
    width = min(WIDTH, len(users) - 1, items - 1)
    if width < 1:
        return np.zeros((items, 1), np.float32)
    matrix = sp.csr_matrix((np.ones(len(rows)), (rows, before.items)), shape=(len(users), items))
    matrix.data[:] = 1.0
    values, vectors = randomized_svd(matrix, width)
    return normalize_rows((vectors * values).astype(np.float32))


def _neighbour_rates(name: str, vectors: Floats, counts: Counts, rates: Floats) -> dict[str, Floats]:
    """Compute rates over the neighbours of each item in an embedding, itself included."""
    anchors: Ints = np.argsort(-counts[0], kind="stable")[:ANCHORS]
    blocks = np.array_split(vectors, 1 + len(vectors) // 1024)
    sums = np.concatenate([similarity_weight(block @ vectors[anchors].T) @ counts[:, anchors].T for block in blocks])
    return {
        f"{name} neighbours click rate": smoothed_log_odds(sums[:, 1], sums[:, 0], rates[0], NEIGHBOUR_PRIOR),
        f"{name} neighbours purchase rate": smoothed_log_odds(sums[:, 2], sums[:, 0], rates[1], NEIGHBOUR_PRIOR),
    }


def _category_rates(name: str, codes: Ints, counts: Counts, rates: Floats) -> dict[str, Floats]:
    sums = np.stack([np.bincount(codes, weights=count) for count in counts])[:, codes]
    return {
        f"{name} click rate": smoothed_log_odds(sums[1], sums[0], rates[0], PRIOR),
        f"{name} purchase rate": smoothed_log_odds(sums[2], sums[0], rates[1], PRIOR),
    }


def similarity_weight(cosines: Floats) -> Floats:
    """Raise positive cosines to the fourth power, so that dissimilar items count nothing."""
    return np.square(np.square(np.maximum(cosines, 0)))
