"""Co-occurrence handed on by words: what is written like the items that a history calls for, so that new ones are called for as well."""

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
from recommender.models.sparse import keep_strongest, recency_matrix, recency_weights
from recommender.ranker import Arrays, Ranker

FOLLOWING = 30  # items that an item calls for
ALIKE = 10  # items that each of these hands it on to
KEPT = 100  # of an item
DECAY = 0.8  # an interaction counts the less the more follow it
BLOCK = 1024  # items at once


@dataclass(frozen=True, slots=True, eq=False)
class ContentPropagation:
    """How strongly an item calls for another, by what is written like it.

    Attributes:
        matrix: Row: the item met; column: the item called for; shape (items, items).
    """

    matrix: sp.csr_matrix

    @classmethod
    def fit(cls, data: TrainingData, *, seed: int = 0, beside: Mapping[str, Ranker] = NOTHING) -> Self:
        """Multiply co-occurrence with the nearness of words, each item handing on in equal parts; without words every score is 0.

        Args:
            data: What to learn from.
            seed: Of nothing.
            beside: Models of the same data, by name; co-occurrence and neighbours among them are not fitted again.
        """
        following = keep_strongest(get_or_fit(CoOccurrence, beside, data).matrix, FOLLOWING)
        alike = keep_strongest(get_or_fit(ContentKNN, beside, data).matrix, ALIKE)
        total = np.asarray(alike.sum(axis=1)).ravel()
        handed = (sp.diags_array(1 / np.where(total > 0, total, 1)) @ alike).tocsr().astype(np.float32)
        blocks = [keep_strongest((following[first : first + BLOCK] @ handed).tocsr(), KEPT) for first in range(0, data.items, BLOCK)]
        return cls(sp.vstack(blocks).tocsr())

    def score(self, histories: Sequences) -> Floats:
        """What the histories call for, the newest interaction most."""
        called: Floats = (recency_matrix(histories, self.matrix.shape[0], DECAY) @ self.matrix).toarray().astype(np.float32)
        return called

    def contributions(self, histories: Sequences, items: Ints) -> Floats:
        """What each event gives to the score of each asked item, shape (events, items)."""
        called: Floats = self.matrix[histories.items][:, items].toarray().astype(np.float32)
        return called * recency_weights(histories, DECAY)[:, None]

    def to_arrays(self) -> Arrays:
        """The matrix, in parts."""
        return {"data": self.matrix.data, "columns": self.matrix.indices.astype(np.int32), "rows": self.matrix.indptr.astype(np.int64)}

    @classmethod
    def from_arrays(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """What `arrays` gave."""
        size = len(vocabulary.items)
        matrix = sp.csr_matrix((arrays["data"], arrays["columns"], arrays["rows"]), shape=(size, size))
        matrix.check_format(full_check=True)
        return cls(matrix)
