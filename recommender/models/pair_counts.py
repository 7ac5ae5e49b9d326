"""Count which items occur together, in groups of users: the counts of groups add up to the counts of all, whatever the groups.

Sums of floats depend on their order. So each weight is rounded to a multiple of a power of two, small enough to change no ranking: sums of such numbers
are exact, as long as they have 53 bits, and so the same in any order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.data.sequences import Floats, Ints, Sequences

WINDOW = 8  # later interactions that an interaction is paired with
DECAY = 0.8  # factor by which a pair counts less for each interaction between
BACKWARD = 0.7  # weight of a pair from the later item to the earlier, relative to the other direction
MAX_UNORDERED = 200  # interactions of a user that are paired without their order
ORDERED_BITS = 24  # of a pair's weight, behind the point
UNORDERED_BITS = 16  # of an interaction's weight: a pair's weight is the product of two, which has twice as many

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class PairCounts:
    """Hold the weighted counts of pairs of items, and of the items.

    Attributes:
        ordered: Weight of the pairs of an earlier item (row) and one that follows within the window (column), shape (items, items).
        unordered: Weight of the pairs of which at least one item's order is unknown, symmetric, shape (items, items).
        items: Number of interactions of each item, shape (items,).

    Example:
        >>> counts = PairCounts.of(Sequences.from_lists([[0, 1], [0, 1, 2]]), 3)
        >>> counts.ordered.toarray().round(1).tolist()
        [[0.0, 2.0, 0.8], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]
    """

    ordered: sp.csr_matrix
    unordered: sp.csr_matrix
    items: Ints

    @classmethod
    def of(cls, events: Sequences, items: int) -> Self:
        """Count the pairs of some users.

        Args:
            events: All interactions of these users.
            items: Number of items.
        """
        return cls(_ordered_pairs(events.filter(events.ordered), items), _unordered_pairs(events, items), np.bincount(events.items, minlength=items))

    @classmethod
    def sum(cls, parts: Iterable[Self], items: int) -> Self:
        """Add the counts of several groups of users; those of similar size first, so that large sums are copied seldom."""
        sums: list[Self] = []
        for counts in parts:
            added = counts
            while sums and sums[-1].size <= 2 * added.size:
                added = sums.pop() + added
            sums.append(added)
        total = sums.pop() if sums else cls.of(Sequences.from_lists([]), items)
        while sums:
            total = sums.pop() + total
        return total

    @property
    def size(self) -> int:
        """Return the number of distinct pairs."""
        return int(self.ordered.nnz + self.unordered.nnz)

    def __add__(self, other: Self) -> Self:
        """Return the counts of both groups of users."""
        return type(self)(self.ordered + other.ordered, self.unordered + other.unordered, self.items + other.items)


def _ordered_pairs(events: Sequences, items: int) -> sp.csr_matrix:
    """Sum the pairs of different items that follow each other within the window."""
    users, numbers, roots = events.users, events.items.astype(np.int32), np.sqrt(events.weights.astype(np.float64))
    earlier, later, weights = [], [], []
    for gap in range(1, WINDOW + 1):
        paired = (users[gap:] == users[:-gap]) & (numbers[gap:] != numbers[:-gap])
        earlier.append(numbers[:-gap][paired])
        later.append(numbers[gap:][paired])
        weights.append(_round(DECAY ** (gap - 1) * roots[:-gap][paired] * roots[gap:][paired], ORDERED_BITS))
    return sp.csr_matrix((np.concatenate(weights), (np.concatenate(earlier), np.concatenate(later))), shape=(items, items))


def _unordered_pairs(events: Sequences, items: int) -> sp.csr_matrix:
    """Sum the pairs of which at least one item's order is unknown: the same in both directions, and the lighter the more there are."""
    affected_users = np.bincount(events.users[~events.ordered], minlength=len(events)) > 0
    affected = events.filter(affected_users[events.users]).most_recent(MAX_UNORDERED)
    share = np.minimum(1.0, WINDOW / np.maximum(affected.lengths, 1))
    weights = _round(np.sqrt(affected.weights * share[affected.users] * (1 + BACKWARD) / 2), UNORDERED_BITS)
    masks = (affected.ordered, ~affected.ordered)
    timed, untimed = (_users_by_items(affected.users[mask], affected.items[mask], weights[mask], (len(events), items)) for mask in masks)
    pairs = (untimed.T @ untimed + untimed.T @ timed + timed.T @ untimed).tocsr()
    pairs.setdiag(0)
    pairs.eliminate_zeros()
    return pairs


def _users_by_items(users: Ints, items: Ints, weights: Reals, shape: tuple[int, int]) -> sp.csr_matrix:
    return sp.csr_matrix((weights, (users, items)), shape=shape)


def _round(values: Reals | Floats, bits: int) -> Reals:
    """Round to a multiple of 2 to the power of minus `bits`."""
    scaled: Reals = np.ldexp(np.rint(np.ldexp(values.astype(np.float64), bits)), -bits)
    return scaled
