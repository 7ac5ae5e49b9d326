"""Recommend items that the same users interacted with, in any order (Sarwar et al.: Item-based collaborative filtering, WWW 2001)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.data.training_data import TrainingData
from recommender.models.item_to_item import ItemToItem
from recommender.models.sparse import interaction_matrix, keep_largest

BLOCK = 512  # items whose neighbors are computed at a time


@dataclass(frozen=True, slots=True, eq=False)
class ItemKNN(ItemToItem):
    """Score items by their cosine similarity to the items of the history.

    Example:
        >>> from recommender.data.sequences import Sequences, Vocabulary
        >>> histories = Sequences.from_lists([[0, 1], [0, 1], [2, 0]])
        >>> model = ItemKNN.fit(TrainingData(histories, Vocabulary(("tea", "cup", "pot"))), shrinkage=0.0)
        >>> print(model.score(Sequences.from_lists([[1]])).round(2))
        [[0.41 0.   0.  ]]
    """

    @classmethod
    def fit(cls, data: TrainingData, *, seed: int = 0, n_neighbors: int = 200, shrinkage: float = 2.0, recency_decay: float = 0.8) -> Self:
        """Count common users, and divide by the norms of both items.

        Args:
            data: Interactions to learn from.
            seed: Unused: nothing is random.
            n_neighbors: Neighbors kept of each item.
            shrinkage: Constant added to the product of the norms, which lowers the similarity of items with few common users.
            recency_decay: Factor by which an interaction of a history counts less for each that follows it.
        """
        users = interaction_matrix(data.events, data.items)
        weighted = sp.diags(1 / np.log2(2 + np.diff(users.indptr))) @ users  # users with many interactions say little of each
        norms = np.sqrt(np.bincount(users.indices, weights=users.data**2, minlength=data.items))
        blocks = [_nearest(users, weighted, norms, slice(first, first + BLOCK), n_neighbors, shrinkage) for first in range(0, data.items, BLOCK)]
        return cls(sp.vstack(blocks, format="csr"), recency_decay)


def _nearest(users: sp.csr_matrix, weighted: sp.csr_matrix, norms: NDArray[np.float64], block: slice, n_neighbors: int, shrinkage: float) -> sp.csr_matrix:
    common = (users[:, block].T @ weighted).toarray()
    cosine = (common / np.maximum(norms[block, None] * norms + shrinkage, 1e-9)).astype(np.float32)
    cosine[np.arange(len(cosine)), np.arange(block.start, block.start + len(cosine))] = 0
    return keep_largest(cosine, n_neighbors)
