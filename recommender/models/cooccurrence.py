"""Count directed co-occurrence: which items follow which, the sooner the stronger. It takes a second, and is a hard baseline to beat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.data.sequences import Floats, Ints, Sequences, Vocabulary
from recommender.data.training_data import TrainingData
from recommender.models.pair_counts import BACKWARD, DECAY, PairCounts
from recommender.models.popularity import Popularity
from recommender.models.sparse import keep_strongest, matrix_from_arrays, matrix_to_arrays, recency_matrix, recency_weights
from recommender.ranker import Arrays

SHRINKAGE = 3.0  # added to the divisor of a pair, so that rare pairs count little
NEIGHBORS = 200  # kept of each item
TIE_WEIGHT = 1e-6  # of the popularity, which orders items without any other score
EVENTS = 500_000  # interactions that are counted at a time
ROWS = 4096  # items whose neighbors are chosen at a time


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
        """Count pairs in groups of users, divide by the geometric mean of both items' counts, and keep the strongest of each item.

        Events of unknown order give pairs without direction.
        """
        groups = data.events.iter_groups(EVENTS)
        return cls(strengths(PairCounts.sum((PairCounts.of(group, data.items) for group in groups), data.items)), Popularity.fit(data))

    def score(self, histories: Sequences) -> Floats:
        """Return the summed strengths from the items of the histories, the newest interaction counting most."""
        scores: Floats = self.sparse_scores(histories).toarray().astype(np.float32)
        return scores + self.offset()

    def sparse_scores(self, histories: Sequences) -> sp.csr_matrix:
        """Return the summed strengths that are not 0."""
        return recency_matrix(histories, self.matrix.shape[0], DECAY) @ self.matrix

    def offset(self) -> Floats:
        """Return what breaks ties."""
        return TIE_WEIGHT * self.popularity.counts / max(float(self.popularity.counts.max(initial=0)), TIE_WEIGHT)

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


def strengths(counts: PairCounts) -> sp.csr_matrix:
    """Return the strongest neighbors of each item, shape (items, items): pairs in both directions, each divided by how often its items occur."""
    backward, items = counts.ordered.T.tocsr(), len(counts.items)
    roots = np.sqrt(counts.items.astype(np.float64))
    blocks = [_strongest(counts, backward, roots, slice(first, min(first + ROWS, items))) for first in range(0, max(items, 1), ROWS)]
    return sp.vstack(blocks, format="csr")


def _strongest(counts: PairCounts, backward: sp.csr_matrix, roots: NDArray[np.float64], rows: slice) -> sp.csr_matrix:
    pairs = (counts.ordered[rows] + BACKWARD * backward[rows] + counts.unordered[rows]).tocoo()
    pairs.data = (pairs.data / (roots[rows][pairs.row] * roots[pairs.col] + SHRINKAGE)).astype(np.float32)
    return keep_strongest(pairs.tocsr(), NEIGHBORS)
