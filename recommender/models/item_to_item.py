"""Score items by a sparse item-to-item matrix; item-kNN and EASE share it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import scipy.sparse as sp

from recommender.data.sequences import Floats, Ints, Sequences, Vocabulary
from recommender.models.sparse import matrix_from_arrays, matrix_to_arrays, recency_matrix, recency_weights
from recommender.ranker import Arrays


@dataclass(frozen=True, slots=True, eq=False)
class ItemToItem:
    """Score items by a sum over the history, in which the newest interactions count most.

    Attributes:
        matrix: Weight from the item of the history (row) to the scored item (column), shape (items, items).
        recency_decay: Factor by which an interaction counts less for each that follows it.
    """

    matrix: sp.csr_matrix
    recency_decay: float

    def score(self, histories: Sequences) -> Floats:
        """Return the summed weights from the items of the histories, shape (users, items)."""
        scores: Floats = self.sparse_scores(histories).toarray().astype(np.float32)
        return scores

    def sparse_scores(self, histories: Sequences) -> sp.csr_matrix:
        """Return the scores that are not 0."""
        return recency_matrix(histories, self.matrix.shape[0], self.recency_decay) @ self.matrix

    def offset(self) -> Floats:
        """Return 0 for each item."""
        return np.zeros(self.matrix.shape[0], np.float32)

    def contributions(self, histories: Sequences, items: Ints) -> Floats:
        """Return the contribution of each event to the score of each item, shape (events, items)."""
        weights: Floats = self.matrix[histories.items][:, items].toarray().astype(np.float32)
        return weights * recency_weights(histories, self.recency_decay)[:, None]

    def to_arrays(self) -> Arrays:
        """Return the matrix and the decay."""
        return {**matrix_to_arrays(self.matrix), "decay": np.array([self.recency_decay])}

    @classmethod
    def from_arrays(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """Restore the model of `to_arrays`."""
        return cls(matrix_from_arrays(arrays, len(vocabulary.items)), float(arrays["decay"][0]))
