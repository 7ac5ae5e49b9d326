"""Where the item tower starts: at the singular vectors of co-occurrence, worth a fifth of Recall over a random start."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import scipy.sparse as sp
import torch
from numpy.typing import NDArray
from scipy.sparse.linalg import svds

from recommender.data.attributes import BUCKETS
from recommender.data.sequences import Bools, Floats, Ints
from recommender.data.training_data import TrainingData
from recommender.two_tower.modules import ItemTower

NOISE = 0.02
LENGTH = 0.8  # of an item's vector
RIDGE = 10.0  # items that a mode must outweigh before it explains anything

Reals: TypeAlias = NDArray[Any]


def start(matrix: sp.csr_matrix, data: TrainingData, met: Ints, rng: np.random.Generator) -> ItemTower:
    """The item tower before its first step: together, all that is known of an item gives its singular vector.

    A feature starts as the mean of the items that have it, the projection of a mode as the ridge regression on it of what features leave
    unexplained, an id as what is left then; so an item that nobody has met starts among its like.

    Args:
        matrix: Co-occurrence of the items.
        data: What is known of them.
        met: How often each was met, shape (items,).
        rng: Of a little noise.
    """
    known = met > 0
    vectors = singular_vectors(matrix, data.dimensions, rng)
    left: Reals = (vectors + rng.normal(scale=NOISE, size=vectors.shape)) * known[:, None]
    tower = ItemTower(data.items, data.dimensions, {name: each.shape[1] for name, each in data.content.items()}, data.similarity)
    with torch.no_grad():
        if data.attributes.any():
            attributes, explained = _by_feature(data.attributes, left, known)
            tower.attributes.weight.copy_(torch.from_numpy(attributes))
            left = (left - explained) * known[:, None]
        for name, projection in tower.projections.items():
            regressed = _ridge(data.content[name], left, known)
            projection.weight.copy_(torch.from_numpy(regressed.T))  # type: ignore[operator]  # a Linear's weight is a Tensor
            left = (left - data.content[name].astype(np.float64) @ regressed) * known[:, None]
        tower.ids.weight.copy_(torch.from_numpy(left))
    return tower


def singular_vectors(matrix: sp.csr_matrix, dimensions: int, rng: np.random.Generator) -> NDArray[Any]:
    """Leading left singular vectors of the symmetric part, scaled by the roots of their values, rows about LENGTH long; zeros where nothing occurs together."""
    symmetric = ((matrix + matrix.T) / 2).astype(np.float64)
    size = symmetric.shape[0]
    rank = min(dimensions, size - 1)
    if rank < 1 or not symmetric.nnz:
        return np.zeros((size, dimensions))
    left, values, _ = svds(symmetric, k=rank, v0=rng.normal(size=size))
    scaled = left * np.sqrt(np.maximum(values, 0))
    scaled *= LENGTH / (np.linalg.norm(scaled, axis=1, keepdims=True) + 1e-3)
    return np.pad(scaled, ((0, 0), (0, dimensions - rank)))


def _by_feature(features: Ints, vectors: Reals, known: Bools) -> tuple[Reals, Reals]:
    """Each feature's mean over the known items that have it, shape (BUCKETS, d), and what that explains of each item."""
    rows, places = np.nonzero(features)
    has = sp.csr_matrix((np.ones(len(rows)), (rows, features[rows, places])), shape=(len(features), BUCKETS))
    means = (has.T @ vectors) / (1 + (has.T @ known.astype(np.float64)))[:, None]
    return means, (has @ means) / np.maximum((features > 0).sum(1), 1)[:, None]


def _ridge(mode: Floats, vectors: Reals, known: Bools) -> Reals:
    """The projection of a mode that comes nearest to the vectors of the known items, shape (width, d)."""
    there = mode[known].astype(np.float64)
    solved: Reals = np.linalg.solve(there.T @ there + RIDGE * np.eye(mode.shape[1]), there.T @ vectors[known])
    return solved
