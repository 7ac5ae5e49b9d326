"""What the impressions before a moment tell of the items: how often each was shown, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.conversion.impressions import NEVER, Impressions
from recommender.conversion.item_features import WIDTH, Described, directions, outside, unit
from recommender.data.sequences import Floats, Ints

PRIOR = 10.0  # impressions with the shop's own rate that every item has beside its own
CLICKS = 3.0  # the same, of clicks
NEAR = 3.0  # the same, of what lies near it
ANCHORS = 4096  # most shown items on which rates of what lies near are read
HALF_LIFE = 3 * 86400  # seconds until an impression counts half for what is in demand now
LEAST = 1e-5  # a chance is never taken for smaller

Counts: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What is known of the items at a moment; one row an item and a last one for any that is not known.

    Attributes:
        rates: The share of the shop's impressions that was clicked, and that was bought; shape (2,).
        facts: By name, shape (items + 1,).
        described: The items' columns and spaces, `met` among these: items lie near each other where the same users met them.
    """

    rates: Floats
    facts: Mapping[str, Floats]
    described: Described


def evidence(seen: Impressions, described: Described, until: int = NEVER) -> Evidence:
    """Count what was shown, clicked and bought before a moment; what came later is not known yet.

    Args:
        seen: Impressions.
        described: The items' columns and spaces.
        until: The moment, in seconds since 1970.
    """
    before, items = seen.where(seen.times < until), described.items
    outcomes: Counts = np.stack([np.ones(len(before)), before.clicked_at < until, before.bought_at < until])
    counts: Counts = np.stack([np.bincount(before.items, weights=each, minlength=items + 1) for each in outcomes])
    rates = np.clip(outcomes[1:].mean(axis=1) if len(before) else np.zeros(2), LEAST, 0.5).astype(np.float32)
    spaces = {"met": outside(_met(before, items)), **described.spaces}
    facts = {
        "item shown": _against_mean(counts[0]),
        "item in demand": _against_mean(_recent(before, items)),
        "item clicked": smoothed(counts[1], counts[0], rates[0], PRIOR),
        "item bought": smoothed(counts[2], counts[0], rates[1], PRIOR),
        "item bought of clicked": smoothed(counts[2], counts[1], rates[1] / rates[0], CLICKS),
    }
    for name, vectors in spaces.items():
        facts |= _near(name, vectors, counts, rates)
    for name, codes in described.codes.items():
        summed = np.stack([np.bincount(codes, weights=each) for each in counts])[:, codes]
        facts |= {f"{name} clicked": smoothed(summed[1], summed[0], rates[0], PRIOR), f"{name} bought": smoothed(summed[2], summed[0], rates[1], PRIOR)}
    return Evidence(rates, facts, replace(described, spaces=spaces))


def smoothed(good: Counts, of: Counts, rate: float, prior: float) -> Floats:
    """Log-odds of a rate that has been seen `prior` times before; as much as all where more is good than was counted."""
    chance = (good + prior * rate) / (np.maximum(good, of) + prior)
    return log_odds(chance)


def log_odds(chance: NDArray[np.floating]) -> Floats:
    """Of chances, kept away from certainty."""
    kept = np.clip(chance, LEAST, 1 - LEAST)
    found: Floats = np.log(kept / (1 - kept)).astype(np.float32)
    return found


def _against_mean(counts: Counts) -> Floats:
    """Logarithm of a count against that of the mean item, so that it does not drift as history grows."""
    found: Floats = np.log((counts + 1) / (counts[:-1].mean() + 1)).astype(np.float32)
    return found


def _recent(before: Impressions, items: int) -> Counts:
    worth = np.exp2((before.times - before.times.max(initial=0)) / HALF_LIFE)
    return np.bincount(before.items, weights=worth, minlength=items + 1).astype(np.float64)


def _met(before: Impressions, items: int) -> Floats:
    """Directions of the items in which users' impressions differ most (latent semantic analysis), of length 1."""
    users, rows = np.unique(before.users, return_inverse=True)
    width = min(WIDTH, len(users) - 1, items - 1)
    if width < 1:
        return np.zeros((items, 1), np.float32)
    matrix = sp.csr_matrix((np.ones(len(rows)), (rows, before.items)), shape=(len(users), items))
    matrix.data[:] = 1.0
    values, vectors = directions(matrix, width)
    return unit((vectors * values).astype(np.float32))


def _near(name: str, vectors: Floats, counts: Counts, rates: Floats) -> dict[str, Floats]:
    """Rates of what lies near each item in a space, itself included."""
    anchors: Ints = np.argsort(-counts[0], kind="stable")[:ANCHORS]
    sums = np.concatenate([closeness(part @ vectors[anchors].T) @ counts[:, anchors].T for part in np.array_split(vectors, 1 + len(vectors) // 1024)])
    return {f"{name} clicked": smoothed(sums[:, 1], sums[:, 0], rates[0], NEAR), f"{name} bought": smoothed(sums[:, 2], sums[:, 0], rates[1], NEAR)}


def closeness(cosines: Floats) -> Floats:
    """How much two items have to tell of each other: nothing where they lie apart."""
    return np.square(np.square(np.maximum(cosines, 0)))
