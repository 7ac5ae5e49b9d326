"""Count directed co-occurrence: which items follow which, the sooner the stronger. It takes a second, and is a hard baseline to beat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.data.sequences import Floats, Ints, Sequences, Vocabulary
from recommender.data.training_data import TrainingData
from recommender.models.popularity import Popularity
from recommender.models.sparse import keep_strongest, matrix_from_arrays, matrix_to_arrays, recency_matrix, recency_weights
from recommender.ranker import Arrays

WINDOW = 8  # later interactions that an interaction is paired with
DECAY = 0.8  # factor by which a pair counts less for each interaction between
BACKWARD = 0.7  # weight of a pair from the later item to the earlier, relative to the other direction
SHRINKAGE = 3.0  # added to the divisor of a pair, so that rare pairs count little
NEIGHBORS = 200  # kept of each item
MAX_UNORDERED = 200  # interactions of a user that are paired without their order
TIE_WEIGHT = 1e-6  # of the popularity, which orders items without any other score


@dataclass(frozen=True, slots=True, eq=False)
class CoOccurrence:
    """Score items by how often they follow the items of the history.

    Attributes:
        matrix: Strength from the earlier item (row) to the later one (column), shape (items, items).
        popularity: Breaks ties.

    Example:
        >>> data = TrainingData(Sequences.from_lists([[0, 1], [0, 1], [0, 2]]), Vocabulary(("tea", "cup", "pot")))
        >>> print(CoOccurrence.fit(data).score(Sequences.from_lists([[0]])).round(2))
        [[0.   0.37 0.21]]
    """

    matrix: sp.csr_matrix
    popularity: Popularity

    @classmethod
    def fit(cls, data: TrainingData, *, seed: int = 0) -> Self:
        """Count pairs, divide by the geometric mean of both items' counts, and keep the strongest of each item.

        Events of unknown order give pairs without direction.
        """
        events, items = data.events, data.items
        pairs = _ordered_pairs(events.filter(events.ordered), items) + _unordered_pairs(events, items)
        pairs.setdiag(0)
        pairs.eliminate_zeros()
        counts = np.bincount(events.items, minlength=items).astype(np.float64)
        pairs = pairs.tocoo()
        pairs.data = pairs.data / (np.sqrt(counts[pairs.row] * counts[pairs.col]) + SHRINKAGE)
        return cls(keep_strongest(pairs.tocsr().astype(np.float32), NEIGHBORS), Popularity.fit(data))

    def score(self, histories: Sequences) -> Floats:
        """Return the summed strengths from the items of the histories, the newest interaction counting most."""
        scores: Floats = (recency_matrix(histories, self.matrix.shape[0], DECAY) @ self.matrix).toarray().astype(np.float32)
        return scores + TIE_WEIGHT * self.popularity.counts / max(float(self.popularity.counts.max(initial=0)), TIE_WEIGHT)

    def contributions(self, histories: Sequences, items: Ints) -> Floats:
        """Return the contribution of each event, shape (events, items); a user's add up to the scores, less what breaks ties."""
        strengths: Floats = self.matrix[histories.items][:, items].toarray().astype(np.float32)
        return strengths * recency_weights(histories, DECAY)[:, None]

    def to_arrays(self) -> Arrays:
        """Return the matrix and the counts."""
        return {**matrix_to_arrays(self.matrix), **self.popularity.to_arrays()}

    @classmethod
    def from_arrays(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """Restore the model of `to_arrays`."""
        return cls(matrix_from_arrays(arrays, len(vocabulary.items)), Popularity.from_arrays(arrays, vocabulary))


def _ordered_pairs(events: Sequences, items: int) -> sp.csr_matrix:
    """Sum the pairs of items that follow each other within the window."""
    total = sp.csr_matrix((items, items), dtype=np.float64)
    for gap in range(1, WINDOW + 1):
        same = events.users[gap:] == events.users[:-gap]
        earlier, later = events.items[:-gap][same], events.items[gap:][same]
        weights = DECAY ** (gap - 1) * np.sqrt(events.weights[:-gap][same].astype(np.float64) * events.weights[gap:][same])
        total = total + _count(earlier, later, weights, items) + _count(later, earlier, BACKWARD * weights, items)
    return total


def _unordered_pairs(events: Sequences, items: int) -> sp.csr_matrix:
    """Sum the pairs of which at least one item's order is unknown: the same in both directions, and the lighter the more there are."""
    affected_users = np.bincount(events.users[~events.ordered], minlength=len(events)) > 0
    affected = events.filter(affected_users[events.users]).most_recent(MAX_UNORDERED)
    share = np.minimum(1.0, WINDOW / np.maximum(affected.lengths, 1))
    weights = np.sqrt(affected.weights * share[affected.users] * (1 + BACKWARD) / 2)
    masks = (affected.ordered, ~affected.ordered)
    timed, untimed = (_count(affected.users[mask], affected.items[mask], weights[mask], items, users=len(events)) for mask in masks)
    return (untimed.T @ untimed + untimed.T @ timed + timed.T @ untimed).tocsr()


def _count(rows: Ints, columns: Ints, weights: NDArray[np.float64], items: int, *, users: int | None = None) -> sp.csr_matrix:
    return sp.csr_matrix((weights, (rows, columns)), shape=(items if users is None else users, items))
