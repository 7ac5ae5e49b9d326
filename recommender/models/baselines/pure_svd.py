"""Latent semantic analysis: the few directions in which histories differ most (Deerwester et al. 1990; scaled as in EigenRec, Nikolakopoulos et al. 2019)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.linalg import svds

from recommender.data.sequences import Floats, Sequences, Vocabulary
from recommender.data.training_data import TrainingData
from recommender.models.sparse import interaction_matrix, recency_matrix
from recommender.ranker import Arrays

SMALL = 256  # users or items that all directions are found of


@dataclass(frozen=True, slots=True, eq=False)
class PureSVD:
    """A history is a document and its items are the words.

    Attributes:
        vectors: Of the items, shape (items, d).
        decay: How much less an interaction counts for each that follows it.
    """

    vectors: Floats
    decay: float

    @classmethod
    def fit(cls, data: TrainingData, *, seed: int = 0, dimensions: int = 256, damping: float = 0.2, decay: float = 0.8) -> Self:
        """Take the leading right singular vectors of who met what.

        Args:
            data: What to learn from.
            seed: Where the search for them starts.
            dimensions: How many; at most a fourth of all there are, or nothing would be left out.
            damping: Items are divided by how often they were met to this power, or the popular ones would be all directions.
            decay: How much less an interaction counts, when asked, for each that follows it.
        """
        users = interaction_matrix(data.events, data.items)
        counts = np.maximum(np.bincount(users.indices, minlength=data.items), 1.0)
        return cls(_directions(users @ sp.diags(counts**-damping), dimensions, np.random.default_rng(seed)).astype(np.float32), decay)

    def user_embeddings(self, histories: Sequences) -> Floats:
        """Where histories lie, shape (users, d)."""
        folded: Floats = recency_matrix(histories, len(self.vectors), self.decay) @ self.vectors
        return folded

    def score(self, histories: Sequences) -> Floats:
        """How far items lie in the directions of the histories."""
        return self.user_embeddings(histories) @ self.vectors.T

    def to_arrays(self) -> Arrays:
        """The vectors, and the decay."""
        return {"vectors": self.vectors, "decay": np.array([self.decay])}

    @classmethod
    def from_arrays(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """What `arrays` gave."""
        if len(arrays["vectors"]) != len(vocabulary.items):
            raise ValueError("the latent vectors are not one an item")
        return cls(arrays["vectors"], float(arrays["decay"][0]))


def _directions(matrix: sp.csr_matrix, most: int, rng: np.random.Generator) -> NDArray[Any]:
    count = max(1, min(most, min(matrix.shape) // 4))
    if min(matrix.shape) <= SMALL:
        found = np.linalg.svd(matrix.toarray(), full_matrices=False).Vh[:count]
    else:
        found = svds(matrix, k=count, v0=rng.normal(size=min(matrix.shape)), return_singular_vectors="vh")[2]
    return np.ascontiguousarray(found.T)
