"""What every model of the recommender can do, and the one that all are measured against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.sequences import Floats, Sequences

HALF_LIFE = 7 * 86400  # seconds until an interaction counts half for what is popular now
Arrays = Mapping[str, NDArray[Any]]


class Ranker(Protocol):
    """Scores all items for users by their histories. The same histories give the same scores."""

    def score(self, histories: Sequences) -> Floats:
        """One score a user and item, the higher the better; shape (users, items)."""
        ...

    def arrays(self) -> Arrays:
        """All that it learned, by name."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Popularity:
    """How much an item is wanted now: each user counts once an item, the less the longer ago.

    Attributes:
        counts: One number an item, shape (items,).
    """

    counts: Floats

    @classmethod
    def fit(cls, events: Sequences, items: int) -> Self:
        """Count; events of unknown order count as those of known order do."""
        newest = events.times.max(initial=0)
        worth = events.weights * np.exp2((events.times - newest) / HALF_LIFE)
        return cls(_best(events, worth, items).astype(np.float32))

    def score(self, histories: Sequences) -> Floats:
        """The same for everybody."""
        return np.tile(self.counts, (len(histories), 1))

    def arrays(self) -> Arrays:
        """The counts."""
        return {"popularity": self.counts}


def _best(events: Sequences, worth: NDArray[np.float64], items: int) -> NDArray[Any]:
    """The sum over users of each one's strongest interaction with an item."""
    order = np.lexsort((-worth, events.items, events.users))
    users, numbers = events.users[order], events.items[order]
    first = np.ones(len(order), bool)
    first[1:] = (users[1:] != users[:-1]) | (numbers[1:] != numbers[:-1])
    return np.bincount(numbers[first], weights=worth[order][first], minlength=items)


def recency(histories: Sequences, items: int, decay: float) -> sp.csr_matrix:
    """Histories as rows of a matrix, an interaction the lighter the more follow it; shape (users, items).

    Interactions of unknown order all weigh as the middle one of them would.
    """
    unknown = ~histories.ordered
    place = histories.from_end.astype(np.float64)
    if unknown.any():
        users = histories.users[unknown]
        middle = np.bincount(users, weights=place[unknown], minlength=len(histories)) / np.maximum(np.bincount(users, minlength=len(histories)), 1)
        place[unknown] = middle[users]
    weights = (histories.weights * decay**place).astype(np.float32)
    return sp.csr_matrix((weights, (histories.users, histories.items)), shape=(len(histories), items))
