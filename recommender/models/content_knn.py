"""What is written like the items that a user has met: near items by the vectors of their words, whether anybody has met them or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import scipy.sparse as sp

from recommender.data.sequences import Floats, Ints, Sequences, Vocabulary
from recommender.data.training_data import TrainingData
from recommender.models.ann_index import HNSWIndex
from recommender.models.sparse import recency_matrix, recency_weights
from recommender.ranker import Arrays

MODE = "text"
WIDTH = 128  # of the vectors that are compared: their leading principal components, which find as much as all
CENTRING = 50  # items that the mean of all must outweigh before it is taken off
NEAREST = 50  # neighbours kept of an item
POWER = 5  # of the cosine: the nearest few speak for an item, not the many that are a little alike
DECAY = 0.8  # an interaction counts the less the more follow it
BLOCK = 1024  # items whose neighbours are looked for at once
MAX_EXACT_ITEMS = 20_000  # items


@dataclass(frozen=True, slots=True, eq=False)
class ContentKNN:
    """The nearest items of each.

    What all texts of a shop have in common tells nothing, so the mean is taken off before vectors are compared.

    Attributes:
        matrix: Row: the item met; column: an item near to it; shape (items, items).
        vectors: What is compared: unit rows, shape (items, at most WIDTH); zeros where an item has no words.
        centre: What is taken off a vector of words, shape (width of the words,).
        basis: Leads from words to what is compared, shape (width of the words, at most WIDTH).
    """

    matrix: sp.csr_matrix
    vectors: Floats
    centre: Floats
    basis: Floats

    @classmethod
    def fit(cls, data: TrainingData, *, seed: int = 0, max_exact_items: int = MAX_EXACT_ITEMS) -> Self:
        """Find the nearest; nothing is learned from events. Without vectors of words every score is 0.

        Args:
            data: Holds the vectors of words.
            seed: Of nothing.
            max_exact_items: With more items, a graph is asked for the nearest.
        """
        words = data.content.get(MODE, np.zeros((data.items, 0), np.float32))
        known = words[words.any(axis=1)]
        centre = known.sum(axis=0) / (len(known) + CENTRING)
        basis = np.linalg.eigh(((known - centre).T @ (known - centre)).astype(np.float64))[1][:, ::-1][:, :WIDTH].astype(np.float32)
        vectors = _compared(words, centre, basis)
        return cls(_all_near(vectors, max_exact_items), vectors, centre, basis)

    def score(self, histories: Sequences) -> Floats:
        """What lies near the histories, the newest interaction counting most."""
        near: Floats = (recency_matrix(histories, self.matrix.shape[0], DECAY) @ self.matrix).toarray().astype(np.float32)
        return near

    def contributions(self, histories: Sequences, items: Ints) -> Floats:
        """What each event gives to the score of each asked item, shape (events, items)."""
        near: Floats = self.matrix[histories.items][:, items].toarray().astype(np.float32)
        return near * recency_weights(histories, DECAY)[:, None]

    def add_items(self, features: Ints, modes: Mapping[str, Floats]) -> Self:
        """The same with further items behind its own, known by their words at once."""
        words = modes.get(MODE, np.zeros((len(features), len(self.centre)), np.float32))
        vectors = np.concatenate([self.vectors, _compared(words, self.centre, self.basis)])
        known = len(self.vectors)
        across = _stacked([_near(vectors[first : first + BLOCK], vectors, first) for first in range(known, len(vectors), BLOCK)], len(vectors))
        back = sp.hstack([self.matrix, across[:, :known].T])  # what is near to a new item has it near
        return type(self)(sp.vstack([back, across]).tocsr(), vectors, self.centre, self.basis)

    def to_arrays(self) -> Arrays:
        """The matrix, in parts, the vectors, and how vectors of words become such."""
        parts = {"data": self.matrix.data, "columns": self.matrix.indices.astype(np.int32), "rows": self.matrix.indptr.astype(np.int64)}
        return {**parts, "vectors": self.vectors, "centre": self.centre, "basis": self.basis}

    @classmethod
    def from_arrays(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """What `arrays` gave."""
        size = len(vocabulary.items)
        matrix = sp.csr_matrix((arrays["data"], arrays["columns"], arrays["rows"]), shape=(size, size))
        matrix.check_format(full_check=True)
        if arrays["vectors"].shape[0] != size:
            raise ValueError("the neighbours do not have one vector an item")
        return cls(matrix, arrays["vectors"], arrays["centre"], arrays["basis"])


def _compared(words: Floats, centre: Floats, basis: Floats) -> Floats:
    """Words less what all have in common, as unit rows; zeros stay zeros."""
    vectors = ((words - centre) @ basis) * (np.abs(words).sum(axis=1, keepdims=True) > 0)
    unit: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    return unit


def _all_near(vectors: Floats, max_exact_items: int) -> sp.csr_matrix:
    """The nearest of every item."""
    asked = HNSWIndex.of(vectors, threads=1) if len(vectors) > max_exact_items and vectors.shape[1] else None
    starts = range(0, len(vectors), BLOCK)
    return _stacked([_near(vectors[first : first + BLOCK], vectors, first, asked) for first in starts], len(vectors))


def _near(some: Floats, among: Floats, first: int, asked: HNSWIndex | None = None) -> sp.csr_matrix:
    """The nearest of some items, which stand among all from `first` on; nothing is near to itself."""
    count = min(NEAREST + 1, len(among))
    if asked is None:
        cosines = some @ among.T
        places = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
        closeness = np.take_along_axis(cosines, places, axis=1)
    else:
        places, closeness = asked.nearest(some, count)
    own = first + np.arange(len(some))[:, None]
    weights = np.where(places == own, 0, np.maximum(closeness, 0) ** POWER).astype(np.float32)
    near = sp.csr_matrix((weights.ravel(), places.ravel(), np.arange(len(some) + 1) * count), shape=(len(some), len(among)))
    near.eliminate_zeros()
    near.sort_indices()
    return near


def _stacked(blocks: Sequence[sp.csr_matrix], items: int) -> sp.csr_matrix:
    return sp.vstack([sp.csr_matrix((0, items), dtype=np.float32), *blocks]).tocsr()
