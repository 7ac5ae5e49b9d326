"""What one item says of another, added up over a history: all that item-kNN and EASE have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import scipy.sparse as sp

from recommender.ranker import Arrays, lightened, recency
from recommender.sequences import Floats, Ints, Sequences, Vocabulary


@dataclass(frozen=True, slots=True, eq=False)
class ItemToItem:
    """Scores are sums over the history, of which the newest interactions count most.

    Attributes:
        matrix: Row: the item met; column: the item that it speaks for; shape (items, items).
        decay: How much less an interaction counts for each that follows it.
    """

    matrix: sp.csr_matrix
    decay: float

    def score(self, histories: Sequences) -> Floats:
        """What the items of the histories say of every item."""
        scores: Floats = (recency(histories, self.matrix.shape[0], self.decay) @ self.matrix).toarray().astype(np.float32)
        return scores

    def shares(self, histories: Sequences, items: Ints) -> Floats:
        """What each event gives to the score of each asked item, shape (events, items)."""
        said: Floats = self.matrix[histories.items][:, items].toarray().astype(np.float32)
        return said * lightened(histories, self.decay)[:, None]

    def arrays(self) -> Arrays:
        """The matrix, in parts, and the decay."""
        parts = {"data": self.matrix.data, "columns": self.matrix.indices.astype(np.int32), "rows": self.matrix.indptr.astype(np.int64)}
        return {**parts, "decay": np.array([self.decay])}

    @classmethod
    def of(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """What `arrays` gave."""
        size = len(vocabulary.items)
        matrix = sp.csr_matrix((arrays["data"], arrays["columns"], arrays["rows"]), shape=(size, size))
        matrix.check_format(full_check=True)
        return cls(matrix, float(arrays["decay"][0]))


def met(events: Sequences, items: int) -> sp.csr_matrix:
    """Who met what, as strongly as he ever did; shape (users, items)."""
    order = np.lexsort((-events.weights, events.items, events.users))
    users, numbers = events.users[order], events.items[order]
    first = np.ones(len(order), np.bool_)
    first[1:] = (users[1:] != users[:-1]) | (numbers[1:] != numbers[:-1])
    return sp.csr_matrix((events.weights[order][first], (users[first], numbers[first])), shape=(len(events), items))


def largest(rows: Floats, count: int) -> sp.csr_matrix:
    """The entries of each row that are farthest from 0, so many of each."""
    kept = min(count, rows.shape[1])
    places = np.sort(np.argpartition(-np.abs(rows), kept - 1, axis=1)[:, :kept], axis=1)
    matrix = sp.csr_matrix((np.take_along_axis(rows, places, axis=1).ravel(), places.ravel(), np.arange(len(rows) + 1) * kept), shape=rows.shape)
    matrix.eliminate_zeros()
    return matrix
