"""Where the item tower starts: at the singular vectors of co-occurrence, worth a fifth of Recall over a random start."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from numpy.typing import NDArray
from scipy.sparse.linalg import svds

from recommender.attributes import BUCKETS
from recommender.sequences import Bools, Ints
from recommender.towers.modules import ItemTower

ID_DROPOUT = 0.1
NOISE = 0.02
LENGTH = 0.8  # of an item's vector


def start(matrix: sp.csr_matrix, features: Ints, met: Bools, dimensions: int, rng: np.random.Generator) -> ItemTower:
    """The item tower before its first step: together, id and attributes of an item give its singular vector.

    A feature starts as the mean of the items that have it, an id as what its features leave unexplained; so an item
    that nobody has met starts among its like.

    Args:
        matrix: Co-occurrence of the items.
        features: Of `attributes.features`.
        met: Which items were met.
        dimensions: Of an item's vector.
        rng: Of a little noise.
    """
    vectors = singular_vectors(matrix, dimensions, rng)
    vectors = (vectors + rng.normal(scale=NOISE, size=vectors.shape)) * met[:, None]
    rows, places = np.nonzero(features)
    has = sp.csr_matrix((np.ones(len(rows)), (rows, features[rows, places])), shape=(len(met), BUCKETS))
    attributes = (has.T @ vectors) / (1 + (has.T @ met.astype(float)))[:, None]
    explained = (has @ attributes) / np.maximum((features > 0).sum(1), 1)[:, None]
    ids = (vectors - explained) * met[:, None]
    tables = [torch.from_numpy(each.astype(np.float32)) for each in (ids, attributes)]
    return ItemTower(tables[0], tables[1], torch.from_numpy(features), ID_DROPOUT if features.any() else 0.0)


def singular_vectors(matrix: sp.csr_matrix, dimensions: int, rng: np.random.Generator) -> NDArray[Any]:
    """Leading left singular vectors of the symmetric part, scaled by the roots of their values, rows about LENGTH long."""
    symmetric = ((matrix + matrix.T) / 2).astype(np.float64)
    size = symmetric.shape[0]
    rank = min(dimensions, size - 1)
    left, values, _ = svds(symmetric, k=rank, v0=rng.normal(size=size))
    scaled = left * np.sqrt(np.maximum(values, 0))
    scaled *= LENGTH / (np.linalg.norm(scaled, axis=1, keepdims=True) + 1e-3)
    return np.pad(scaled, ((0, 0), (0, dimensions - rank)))
