"""EASE: each item told from all others by one ridge regression (Steck: Embarrassingly shallow autoencoders for sparse data, WWW 2019)."""

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

LARGEST = 20_000  # items met; the fit holds a full matrix of them
BLOCK = 1024


@dataclass(frozen=True, slots=True, eq=False)
class EASE(ItemToItem):
    """The weights by which the items of a history tell of every other item."""

    @classmethod
    def fit(cls, data: TrainingData, *, seed: int = 0, regularisation: float = 400.0, kept: int = 500, decay: float = 0.8) -> Self:
        """Invert the matrix of common users; items that nobody met have no weight.

        Args:
            data: What to learn from.
            seed: Nothing is drawn.
            regularisation: Added to the diagonal.
            kept: Weights kept of an item, the largest by size.
            decay: How much less an interaction counts, when asked, for each that follows it.

        Raises:
            ModelError: There are too many items.
        """
        users = interaction_matrix(data.events, data.items)
        known = np.flatnonzero(np.bincount(users.indices, minlength=data.items))
        if len(known) > LARGEST:
            raise ModelError(f"ease cannot learn from {len(known):,} items, only from {LARGEST:,}: take it from `models` of the recommender in sluice.yaml")
        size = (data.items, data.items)
        if not len(known):
            return cls(sp.csr_matrix(size, dtype=np.float32), decay)
        inverse = _inverse(users[:, known], regularisation)
        small = sp.vstack([_weights(inverse, slice(first, first + BLOCK), kept) for first in range(0, len(known), BLOCK)], format="coo")
        return cls(sp.csr_matrix((small.data, (known[small.row], known[small.col])), shape=size), decay)


def _inverse(users: sp.csr_matrix, regularisation: float) -> Floats:
    """Of the matrix of common users, its lower half; in single precision and in place, so that 20,000 items take 1.6 GB."""
    common = (users.T @ users).astype(np.float32).toarray(order="F")
    common[np.diag_indices_from(common)] += regularisation
    factor, _ = cho_factor(common, lower=True, overwrite_a=True, check_finite=False)
    inverse: Floats = lapack.spotri(factor, lower=1, overwrite_c=1)[0]
    return inverse


def _weights(inverse: Floats, rows: slice, kept: int) -> sp.csr_matrix:
    """Row: the item met; column: the item told of."""
    numbers = np.arange(len(inverse))
    mine = numbers[rows]
    whole: Floats = np.where(numbers <= mine[:, None], inverse[rows], inverse[:, rows].T)
    whole /= -np.diag(inverse)
    whole[np.arange(len(mine)), mine] = 0
    return keep_largest(whole, kept)
