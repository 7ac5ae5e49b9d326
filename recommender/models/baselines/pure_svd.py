"""Factorize interactions by a truncated SVD (PureSVD, Cremonesi et al., RecSys 2010; scaled as in EigenRec, Nikolakopoulos et al. 2019)."""

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

DENSE_UP_TO = 256  # users or items up to which a dense SVD is computed


@dataclass(frozen=True, slots=True, eq=False)
class PureSVD:
    """Score items in the leading singular directions of the histories.

    Attributes:
        item_embeddings: Singular vectors of the items, shape (items, factors).
        recency_decay: Factor by which an interaction of a history counts less for each that follows it.

    Example:
        >>> histories = Sequences.from_lists([[0, 1], [0, 1], [0, 1], [2, 3]])
        >>> model = PureSVD.fit(TrainingData(histories, Vocabulary(("tea", "cup", "ink", "pen"))), factors=1)
        >>> model.score(Sequences.from_lists([[0]])).round(2).tolist()
        [[0.5, 0.5, 0.0, 0.0]]
    """

    item_embeddings: Floats
    recency_decay: float

    @classmethod
    def fit(cls, data: TrainingData, *, seed: int = 0, factors: int = 256, popularity_exponent: float = 0.2, recency_decay: float = 0.8) -> Self:
        """Compute the leading right singular vectors of the interaction matrix.

        Args:
            data: Interactions to learn from.
            seed: Seed of the initial vector.
            factors: Number of singular vectors; at most a quarter of all.
            popularity_exponent: Power of the item counts that the columns are divided by, so that popular items do not dominate.
            recency_decay: Factor by which an interaction of a history counts less for each that follows it.
        """
        users = interaction_matrix(data.events, data.items)
        counts = np.maximum(np.bincount(users.indices, minlength=data.items), 1.0)
        scaled = users @ sp.diags(counts**-popularity_exponent)
        return cls(_singular_vectors(scaled, factors, np.random.default_rng(seed)).astype(np.float32), recency_decay)

    def user_embeddings(self, histories: Sequences) -> Floats:
        """Return the projections of histories, shape (users, factors)."""
        projected: Floats = recency_matrix(histories, len(self.item_embeddings), self.recency_decay) @ self.item_embeddings
        return projected

    def score(self, histories: Sequences) -> Floats:
        """Return the products of user and item embeddings, shape (users, items)."""
        return self.user_embeddings(histories) @ self.item_embeddings.T

    def to_arrays(self) -> Arrays:
        """Return the singular vectors and the decay."""
        return {"vectors": self.item_embeddings, "decay": np.array([self.recency_decay])}

    @classmethod
    def from_arrays(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """Restore the model of `to_arrays`."""
        if len(arrays["vectors"]) != len(vocabulary.items):
            raise ValueError("there is not one singular vector per item")
        return cls(arrays["vectors"], float(arrays["decay"][0]))


def _singular_vectors(matrix: sp.csr_matrix, limit: int, rng: np.random.Generator) -> NDArray[Any]:
    count = max(1, min(limit, min(matrix.shape) // 4))
    if min(matrix.shape) <= DENSE_UP_TO:
        vectors = np.linalg.svd(matrix.toarray(), full_matrices=False).Vh[:count]
    else:
        vectors = svds(matrix, k=count, v0=rng.normal(size=min(matrix.shape)), return_singular_vectors="vh")[2]
    return np.ascontiguousarray(vectors.T)
