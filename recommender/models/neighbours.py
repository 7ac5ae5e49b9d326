"""What is written like the items that a user has met: near items by the vectors of their words, whether anybody has met them or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import scipy.sparse as sp

from recommender.material import Material
from recommender.ranker import Arrays, lightened, recency
from recommender.sequences import Floats, Ints, Sequences, Vocabulary

MODE = "text"
NEAREST = 50  # neighbours kept of an item
POWER = 3  # of the cosine: the nearest few speak for an item, not the many that are a little alike
DECAY = 0.8  # an interaction counts the less the more follow it
BLOCK = 1024  # items whose neighbours are looked for at once


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """The nearest items of each.

    Attributes:
        matrix: Row: the item met; column: an item near to it; shape (items, items).
        vectors: Of the items' words, unit rows, shape (items, width); zeros where an item has none.
    """

    matrix: sp.csr_matrix
    vectors: Floats

    @classmethod
    def fit(cls, material: Material, *, seed: int = 0) -> Self:
        """Find the nearest; nothing is learned from events. Without vectors of words every score is 0."""
        vectors = material.modes.get(MODE, np.zeros((material.items, 0), np.float32))
        return cls(_nearest(vectors, vectors), vectors)

    def score(self, histories: Sequences) -> Floats:
        """What lies near the histories, the newest interaction counting most."""
        near: Floats = (recency(histories, self.matrix.shape[0], DECAY) @ self.matrix).toarray().astype(np.float32)
        return near

    def shares(self, histories: Sequences, items: Ints) -> Floats:
        """What each event gives to the score of each asked item, shape (events, items)."""
        near: Floats = self.matrix[histories.items][:, items].toarray().astype(np.float32)
        return near * lightened(histories, DECAY)[:, None]

    def grown(self, features: Ints, modes: Mapping[str, Floats]) -> Self:
        """The same with further items behind its own, known by their words at once."""
        new = modes.get(MODE, np.zeros((len(features), self.vectors.shape[1]), np.float32))
        vectors = np.concatenate([self.vectors, new])
        across = _nearest(new, vectors)  # of each new item; what is near to it has it near
        known = sp.hstack([self.matrix, across[:, : len(self.vectors)].T])
        return type(self)(sp.vstack([known, across]).tocsr(), vectors)

    def arrays(self) -> Arrays:
        """The matrix, in parts, and the vectors."""
        return {
            "data": self.matrix.data,
            "columns": self.matrix.indices.astype(np.int32),
            "rows": self.matrix.indptr.astype(np.int64),
            "vectors": self.vectors,
        }

    @classmethod
    def of(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """What `arrays` gave."""
        size = len(vocabulary.items)
        matrix = sp.csr_matrix((arrays["data"], arrays["columns"], arrays["rows"]), shape=(size, size))
        matrix.check_format(full_check=True)
        if arrays["vectors"].shape[0] != size:
            raise ValueError("the neighbours do not have one vector an item")
        return cls(matrix, arrays["vectors"])


def _nearest(vectors: Floats, among: Floats) -> sp.csr_matrix:
    """How near the nearest are of each of some items, which are the last or all of those among which they are looked for."""
    first = len(among) - len(vectors)
    blocks = [_near(vectors[start : start + BLOCK], among, first + start) for start in range(0, len(vectors), BLOCK)]
    return sp.vstack([sp.csr_matrix((0, len(among)), dtype=np.float32), *blocks]).tocsr()


def _near(some: Floats, among: Floats, first: int) -> sp.csr_matrix:
    cosines = some @ among.T
    cosines[np.arange(len(some)), first + np.arange(len(some))] = 0
    count = min(NEAREST, len(among))
    places = np.sort(np.argpartition(-cosines, count - 1, axis=1)[:, :count], axis=1)
    closeness = np.maximum(np.take_along_axis(cosines, places, axis=1), 0) ** POWER
    near = sp.csr_matrix((closeness.ravel(), places.ravel(), np.arange(len(some) + 1) * count), shape=cosines.shape)
    near.eliminate_zeros()
    return near
