"""Item-kNN: items are near that the same users met, whatever the order (Sarwar et al.: Item-based collaborative filtering, WWW 2001)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.data.training_data import TrainingData
from recommender.models.item_to_item import ItemToItem
from recommender.models.sparse import interaction_matrix, keep_largest

BLOCK = 512  # items whose neighbours are looked for at a time


@dataclass(frozen=True, slots=True, eq=False)
class ItemKNN(ItemToItem):
    """The cosine of every item with its nearest neighbours."""

    @classmethod
    def fit(cls, data: TrainingData, *, seed: int = 0, neighbours: int = 200, shrink: float = 2.0, decay: float = 0.8) -> Self:
        """Count common users, and divide by the lengths of both items.

        Args:
            data: What to learn from.
            seed: Nothing is drawn.
            neighbours: Kept of an item.
            shrink: Added to the product of the lengths: few common users are chance.
            decay: How much less an interaction counts, when asked, for each that follows it.
        """
        users = interaction_matrix(data.events, data.items)
        told = 1 / np.log2(2 + np.diff(users.indptr))  # who met everything tells little
        weighted = sp.diags(told) @ users
        lengths = np.sqrt(np.bincount(users.indices, weights=users.data**2, minlength=data.items))
        blocks = [_nearest(users, weighted, lengths, slice(first, first + BLOCK), neighbours, shrink) for first in range(0, data.items, BLOCK)]
        return cls(sp.vstack(blocks, format="csr"), decay)


def _nearest(users: sp.csr_matrix, weighted: sp.csr_matrix, lengths: NDArray[np.float64], block: slice, neighbours: int, shrink: float) -> sp.csr_matrix:
    common = (users[:, block].T @ weighted).toarray()
    cosine = (common / np.maximum(lengths[block, None] * lengths + shrink, 1e-9)).astype(np.float32)
    cosine[np.arange(len(cosine)), np.arange(block.start, block.start + len(cosine))] = 0
    return keep_largest(cosine, neighbours)
