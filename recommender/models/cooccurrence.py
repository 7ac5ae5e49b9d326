"""Directed co-occurrence: which items follow which, the more the sooner. A second of counting, and a hard baseline to beat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.data.sequences import Floats, Ints, Sequences, Vocabulary
from recommender.data.training_data import TrainingData
from recommender.models.popularity import Popularity
from recommender.models.sparse import keep_strongest, recency_matrix, recency_weights
from recommender.ranker import Arrays

WINDOW = 8  # how many later interactions an interaction is paired with
DECAY = 0.8  # a pair counts the less the more interactions lie between
BACK = 0.7  # what a pair counts from the later item to the earlier
SHRINK = 3.0  # added to the size by which a pair is divided: rare pairs are chance
NEIGHBOURS = 200  # kept of an item
LARGEST = 200  # interactions of a user that are paired without their order
TIE = 1e-6  # of the popularity: orders items of which nothing else is known


@dataclass(frozen=True, slots=True, eq=False)
class CoOccurrence:
    """How strongly one item calls for another, learned by counting.

    Attributes:
        matrix: Row: the item met; column: the item that it calls for; shape (items, items).
        popularity: Breaks ties.
    """

    matrix: sp.csr_matrix
    popularity: Popularity

    @classmethod
    def fit(cls, data: TrainingData, *, seed: int = 0) -> Self:
        """Count pairs, divide by the geometric mean of both items' counts, keep the strongest of each item.

        Events of unknown order give pairs without direction.
        """
        events, items = data.events, data.items
        pairs = _follow(events.filter(events.ordered), items) + _together(events, items)
        pairs.setdiag(0)
        pairs.eliminate_zeros()
        counts = np.bincount(events.items, minlength=items).astype(np.float64)
        pairs = pairs.tocoo()
        pairs.data = pairs.data / (np.sqrt(counts[pairs.row] * counts[pairs.col]) + SHRINK)
        return cls(keep_strongest(pairs.tocsr().astype(np.float32), NEIGHBOURS), Popularity.fit(data))

    def score(self, histories: Sequences) -> Floats:
        """What the histories call for, the newest interaction most."""
        called: Floats = (recency_matrix(histories, self.matrix.shape[0], DECAY) @ self.matrix).toarray().astype(np.float32)
        return called + TIE * self.popularity.counts / max(float(self.popularity.counts.max(initial=0)), TIE)

    def contributions(self, histories: Sequences, items: Ints) -> Floats:
        """What each event calls for, shape (events, items); a user's add up to his scores, less what breaks ties."""
        called: Floats = self.matrix[histories.items][:, items].toarray().astype(np.float32)
        return called * recency_weights(histories, DECAY)[:, None]

    def to_arrays(self) -> Arrays:
        """The matrix, in parts, and the counts."""
        parts = {"data": self.matrix.data, "columns": self.matrix.indices.astype(np.int32), "rows": self.matrix.indptr.astype(np.int64)}
        return {**parts, **self.popularity.to_arrays()}

    @classmethod
    def from_arrays(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """What `arrays` gave."""
        size = len(vocabulary.items)
        matrix = sp.csr_matrix((arrays["data"], arrays["columns"], arrays["rows"]), shape=(size, size))
        matrix.check_format(full_check=True)
        return cls(matrix, Popularity.from_arrays(arrays, vocabulary))


def _follow(events: Sequences, items: int) -> sp.csr_matrix:
    """Pairs of items that follow each other within the window, summed."""
    total = sp.csr_matrix((items, items), dtype=np.float64)
    for gap in range(1, WINDOW + 1):
        same = events.users[gap:] == events.users[:-gap]
        earlier, later = events.items[:-gap][same], events.items[gap:][same]
        weights = DECAY ** (gap - 1) * np.sqrt(events.weights[:-gap][same].astype(np.float64) * events.weights[gap:][same])
        total = total + _counted(earlier, later, weights, items) + _counted(later, earlier, BACK * weights, items)
    return total


def _together(events: Sequences, items: int) -> sp.csr_matrix:
    """Pairs of which at least one item's order is unknown: both ways alike, and the lighter the more there are."""
    lost = np.bincount(events.users[~events.ordered], minlength=len(events)) > 0
    affected = events.filter(lost[events.users]).most_recent(LARGEST)
    share = np.minimum(1.0, WINDOW / np.maximum(affected.lengths, 1))
    weights = np.sqrt(affected.weights * share[affected.users] * (1 + BACK) / 2)
    known = affected.ordered
    timed, untimed = (_counted(affected.users[some], affected.items[some], weights[some], items, users=len(events)) for some in (known, ~known))
    return (untimed.T @ untimed + untimed.T @ timed + timed.T @ untimed).tocsr()


def _counted(rows: Ints, columns: Ints, weights: NDArray[np.float64], items: int, *, users: int | None = None) -> sp.csr_matrix:
    return sp.csr_matrix((weights, (rows, columns)), shape=(items if users is None else users, items))
