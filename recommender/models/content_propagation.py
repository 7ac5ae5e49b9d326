"""Propagate co-occurrence by content: recommend items whose texts are similar to items that follow the history, so that new items are reached as well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import scipy.sparse as sp

from recommender.data.sequences import Floats, Ints, Sequences, Vocabulary
from recommender.data.training_data import TrainingData
from recommender.models.content_knn import ContentKNN
from recommender.models.cooccurrence import CoOccurrence
from recommender.models.fitting import NOTHING, get_or_fit
from recommender.models.sparse import keep_strongest, matrix_from_arrays, matrix_to_arrays, recency_matrix, recency_weights
from recommender.ranker import Arrays, Ranker

FOLLOWERS = 30  # items that follow an item
SIMILAR = 10  # neighbors by content of each follower
TOP_K = 100  # entries kept of each item
DECAY = 0.8  # factor by which an interaction counts less for each that follows it
BLOCK = 1024  # items at a time


@dataclass(frozen=True, slots=True, eq=False)
class ContentPropagation:
    """Score items by the similarity of their texts to items that follow the history.

    Attributes:
        matrix: Strength from the item of the history (row) to the scored item (column), shape (items, items).

    Example:
        >>> texts = np.array([[1, 0], [0, 1], [0.1, 0.9]], np.float32)
        >>> data = TrainingData(Sequences.from_lists([[0, 1]]), Vocabulary(("tea", "cup", "new cup")), content={"text": texts})
        >>> ContentPropagation.fit(data).score(Sequences.from_lists([[0]])).argmax().item()
        2
    """

    matrix: sp.csr_matrix

    @classmethod
    def fit(cls, data: TrainingData, *, seed: int = 0, fitted_models: Mapping[str, Ranker] = NOTHING) -> Self:
        """Multiply co-occurrence with the similarity of texts, normalized by row; without text embeddings every score is 0.

        Args:
            data: Interactions and text embeddings to learn from.
            seed: Unused: nothing is random.
            fitted_models: Models of the same data, by name; co-occurrence and content neighbors among them are not fitted again.
        """
        followers = keep_strongest(get_or_fit(CoOccurrence, fitted_models, data).matrix, FOLLOWERS)
        similar = keep_strongest(get_or_fit(ContentKNN, fitted_models, data).matrix, SIMILAR)
        total = np.asarray(similar.sum(axis=1)).ravel()
        transition = (sp.diags_array(1 / np.where(total > 0, total, 1)) @ similar).tocsr().astype(np.float32)
        blocks = [keep_strongest((followers[first : first + BLOCK] @ transition).tocsr(), TOP_K) for first in range(0, data.items, BLOCK)]
        return cls(sp.vstack(blocks).tocsr())

    def score(self, histories: Sequences) -> Floats:
        """Return the summed strengths from the items of the histories, the newest interaction counting most."""
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
        strengths: Floats = self.matrix[histories.items][:, items].toarray().astype(np.float32)
        return strengths * recency_weights(histories, DECAY)[:, None]

    def to_arrays(self) -> Arrays:
        """Return the matrix."""
        return matrix_to_arrays(self.matrix)

    @classmethod
    def from_arrays(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """Restore the model of `to_arrays`."""
        return cls(matrix_from_arrays(arrays, len(vocabulary.items)))
