"""Recommend items whose texts are similar to those of the history, whether any user has interacted with them or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import scipy.sparse as sp

from recommender.data.sequences import Floats, Ints, Sequences, Vocabulary
from recommender.data.training_data import TrainingData
from recommender.models.ann_index import HNSWIndex
from recommender.models.sparse import matrix_from_arrays, matrix_to_arrays, recency_matrix, recency_weights
from recommender.ranker import Arrays

MODALITY = "text"
WIDTH = 128  # leading principal components of the text embeddings that are compared; they find as much as all
CENTERING = 50  # items that must outweigh the prior mean of 0 before the mean is subtracted
N_NEIGHBORS = 50  # kept of each item
POWER = 5  # of the cosine, so that few near neighbors count more than many distant ones
DECAY = 0.8  # factor by which an interaction counts less for each that follows it
BLOCK = 1024  # items whose neighbors are computed at a time
MAX_EXACT_ITEMS = 20_000  # items up to which neighbors are found by comparing all pairs


@dataclass(frozen=True, slots=True, eq=False)
class ContentKNN:
    """Score items by the similarity of their text embeddings to those of the history.

    The mean of all embeddings is subtracted before they are compared, as what all texts of a shop have in common says nothing.

    Attributes:
        matrix: Similarity of the item of the history (row) and its neighbors (columns), shape (items, items).
        vectors: Centered unit vectors that are compared, shape (items, at most WIDTH); zeros where an item has no text.
        center: Mean that is subtracted, shape (width of the text embeddings,).
        basis: Principal components, shape (width of the text embeddings, at most WIDTH).

    Example:
        >>> texts = np.array([[1, 0], [0.9, 0.1], [0, 1]], np.float32)
        >>> data = TrainingData(Sequences.from_lists([]), Vocabulary(("tea", "green tea", "pot")), content={"text": texts})
        >>> ContentKNN.fit(data).score(Sequences.from_lists([[0]])).argmax().item()
        1
    """

    matrix: sp.csr_matrix
    vectors: Floats
    center: Floats
    basis: Floats

    @classmethod
    def fit(cls, data: TrainingData, *, seed: int = 0, max_exact_items: int = MAX_EXACT_ITEMS) -> Self:
        """Find the neighbors of each item; interactions are not used. Without text embeddings every score is 0.

        Args:
            data: Text embeddings, as the modality `text` of its content.
            seed: Unused: nothing is random.
            max_exact_items: Number of items up to which all pairs are compared; above, an approximate index finds the neighbors.
        """
        texts = data.content.get(MODALITY, np.zeros((data.items, 0), np.float32))
        present = texts[texts.any(axis=1)]
        center = present.sum(axis=0) / (len(present) + CENTERING)
        basis = np.linalg.eigh(((present - center).T @ (present - center)).astype(np.float64))[1][:, ::-1][:, :WIDTH].astype(np.float32)
        vectors = _project(texts, center, basis)
        return cls(_find_neighbors(vectors, max_exact_items), vectors, center, basis)

    def score(self, histories: Sequences) -> Floats:
        """Return the summed similarities to the items of the histories, the newest interaction counting most."""
        scores: Floats = self.sparse_scores(histories).toarray().astype(np.float32)
        return scores

    def sparse_scores(self, histories: Sequences) -> sp.csr_matrix:
        """Return the scores that are not 0."""
        return recency_matrix(histories, self.matrix.shape[0], DECAY) @ self.matrix

    def offset(self) -> Floats:
        """Return 0 for each item."""
        return np.zeros(self.matrix.shape[0], np.float32)

    def contributions(self, histories: Sequences, items: Ints) -> Floats:
        """Return the contribution of each event to the score of each item, shape (events, items)."""
        similarities: Floats = self.matrix[histories.items][:, items].toarray().astype(np.float32)
        return similarities * recency_weights(histories, DECAY)[:, None]

    def add_items(self, attributes: Ints, content: Mapping[str, Floats]) -> Self:
        """Return the same with further items, placed by their texts."""
        texts = content.get(MODALITY, np.zeros((len(attributes), len(self.center)), np.float32))
        vectors = np.concatenate([self.vectors, _project(texts, self.center, self.basis)])
        old = len(self.vectors)
        across = _stack([_neighbors(vectors[first : first + BLOCK], vectors, first) for first in range(old, len(vectors), BLOCK)], len(vectors))
        back = sp.hstack([self.matrix, across[:, :old].T])  # the neighbors of a new item have it as theirs
        return type(self)(sp.vstack([back, across]).tocsr(), vectors, self.center, self.basis)

    def to_arrays(self) -> Arrays:
        """Return the matrix, the vectors, and the projection of text embeddings."""
        return {**matrix_to_arrays(self.matrix), "vectors": self.vectors, "centre": self.center, "basis": self.basis}

    @classmethod
    def from_arrays(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """Restore the model of `to_arrays`."""
        size = len(vocabulary.items)
        matrix = matrix_from_arrays(arrays, size)
        if arrays["vectors"].shape[0] != size:
            raise ValueError("the neighbors do not have one vector per item")
        return cls(matrix, arrays["vectors"], arrays["centre"], arrays["basis"])


def _project(texts: Floats, center: Floats, basis: Floats) -> Floats:
    """Center embeddings and scale their projection to unit length; zeros stay zeros."""
    vectors = ((texts - center) @ basis) * (np.abs(texts).sum(axis=1, keepdims=True) > 0)
    unit: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    return unit


def _find_neighbors(vectors: Floats, max_exact_items: int) -> sp.csr_matrix:
    """Return the neighbors of every item."""
    index = HNSWIndex.of(vectors, threads=1) if len(vectors) > max_exact_items and vectors.shape[1] else None
    starts = range(0, len(vectors), BLOCK)
    return _stack([_neighbors(vectors[first : first + BLOCK], vectors, first, index) for first in starts], len(vectors))


def _neighbors(block: Floats, vectors: Floats, first: int, index: HNSWIndex | None = None) -> sp.csr_matrix:
    """Return the neighbors of a block of items, which begins at number `first`; no item is its own neighbor."""
    count = min(N_NEIGHBORS + 1, len(vectors))
    if index is None:
        cosines = block @ vectors.T
        numbers = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
        similarities = np.take_along_axis(cosines, numbers, axis=1)
    else:
        numbers, similarities = index.search(block, count)
    own = first + np.arange(len(block))[:, None]
    weights = np.where(numbers == own, 0, np.maximum(similarities, 0) ** POWER).astype(np.float32)
    matrix = sp.csr_matrix((weights.ravel(), numbers.ravel(), np.arange(len(block) + 1) * count), shape=(len(block), len(vectors)))
    matrix.eliminate_zeros()
    matrix.sort_indices()
    return matrix


def _stack(blocks: Sequence[sp.csr_matrix], items: int) -> sp.csr_matrix:
    return sp.vstack([sp.csr_matrix((0, items), dtype=np.float32), *blocks]).tocsr()
