"""What one item says of another, added up over a history: all that item-kNN and EASE have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import scipy.sparse as sp

from recommender.data.sequences import Floats, Ints, Sequences, Vocabulary
from recommender.models.sparse import recency_matrix, recency_weights
from recommender.ranker import Arrays


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
        scores: Floats = (recency_matrix(histories, self.matrix.shape[0], self.decay) @ self.matrix).toarray().astype(np.float32)
        return scores

    def contributions(self, histories: Sequences, items: Ints) -> Floats:
        """What each event gives to the score of each asked item, shape (events, items)."""
        said: Floats = self.matrix[histories.items][:, items].toarray().astype(np.float32)
        return said * recency_weights(histories, self.decay)[:, None]

    def to_arrays(self) -> Arrays:
        """The matrix, in parts, and the decay."""
        parts = {"data": self.matrix.data, "columns": self.matrix.indices.astype(np.int32), "rows": self.matrix.indptr.astype(np.int64)}
        return {**parts, "decay": np.array([self.decay])}

    @classmethod
    def from_arrays(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """What `arrays` gave."""
        size = len(vocabulary.items)
        matrix = sp.csr_matrix((arrays["data"], arrays["columns"], arrays["rows"]), shape=(size, size))
        matrix.check_format(full_check=True)
        return cls(matrix, float(arrays["decay"][0]))
