"""Predict each item from all others by one ridge regression (EASE; Steck: Embarrassingly shallow autoencoders for sparse data, WWW 2019)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import scipy.sparse as sp
from scipy.linalg import cho_factor, lapack

from recommender.data.sequences import Floats
from recommender.data.training_data import TrainingData
from recommender.models.item_to_item import ItemToItem
from recommender.models.sparse import interaction_matrix, keep_largest
from sluice.errors import ModelError
from sluice.messages import make_error

MAX_ITEMS = 20_000  # items with interactions; the fit holds a dense matrix of them
BLOCK = 1024


@dataclass(frozen=True, slots=True, eq=False)
class EASE(ItemToItem):
    """Score items by regression weights from the items of the history.

    Example:
        >>> from recommender.data.sequences import Sequences, Vocabulary
        >>> histories = Sequences.from_lists([[0, 1], [0, 1], [2]])
        >>> model = EASE.fit(TrainingData(histories, Vocabulary(("tea", "cup", "pot"))), regularization=1.0)
        >>> print(model.score(Sequences.from_lists([[1]])).round(2))
        [[0.67 0.   0.  ]]
    """

    @classmethod
    def fit(cls, data: TrainingData, *, seed: int = 0, regularization: float = 400.0, top_k: int = 500, recency_decay: float = 0.8) -> Self:
        """Invert the matrix of common users; items without interactions get no weight.

        Args:
            data: Interactions to learn from.
            seed: Unused: nothing is random.
            regularization: L2 penalty, added to the diagonal.
            top_k: Weights kept of each item, the largest by absolute value.
            recency_decay: Factor by which an interaction of a history counts less for each that follows it.

        Raises:
            ModelError: There are too many items.
        """
        users = interaction_matrix(data.events, data.items)
        active = np.flatnonzero(np.bincount(users.indices, minlength=data.items))
        if len(active) > MAX_ITEMS:
            raise make_error(ModelError, "ease_too_many_items", items=len(active), limit=MAX_ITEMS)
        size = (data.items, data.items)
        if not len(active):
            return cls(sp.csr_matrix(size, dtype=np.float32), recency_decay)
        inverse = _inverse(users[:, active], regularization)
        small = sp.vstack([_weights(inverse, slice(first, first + BLOCK), top_k) for first in range(0, len(active), BLOCK)], format="coo")
        return cls(sp.csr_matrix((small.data, (active[small.row], active[small.col])), shape=size), recency_decay)


def _inverse(users: sp.csr_matrix, regularization: float) -> Floats:
    """Invert the matrix of common users; returns the lower half, in single precision and in place, so that 20,000 items take 1.6 GB."""
    common = (users.T @ users).astype(np.float32).toarray(order="F")
    common[np.diag_indices_from(common)] += regularization
    factor, _ = cho_factor(common, lower=True, overwrite_a=True, check_finite=False)
    inverse: Floats = lapack.spotri(factor, lower=1, overwrite_c=1)[0]
    return inverse


def _weights(inverse: Floats, rows: slice, top_k: int) -> sp.csr_matrix:
    """Return the weights from some items of a history (rows) to every item (columns)."""
    numbers = np.arange(len(inverse))
    block = numbers[rows]
    dense: Floats = np.where(numbers <= block[:, None], inverse[rows], inverse[:, rows].T)
    dense /= -np.diag(inverse)
    dense[np.arange(len(block)), block] = 0
    return keep_largest(dense, top_k)
