"""Initialize the item tower with singular vectors of co-occurrence, which is worth a fifth of Recall over a random start."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import scipy.sparse as sp
import torch
from numpy.typing import NDArray
from scipy.sparse.linalg import eigsh

from recommender.data.attributes import BUCKETS
from recommender.data.sequences import Bools, Floats, Ints, Sequences
from recommender.data.training_data import TrainingData
from recommender.two_tower.modules import ItemTower

NOISE = 0.02
LENGTH = 0.8  # of an item's vector
SIDE_PRIOR = 10.0  # events that draw the mean vector of an attribute or context towards that of all
REGULARIZATION = 10.0  # of the projection of a modality

Reals: TypeAlias = NDArray[Any]


def initialize_item_tower(matrix: sp.csr_matrix, data: TrainingData, counts: Ints, rng: np.random.Generator) -> ItemTower:
    """Create an item tower whose parts sum to each item's singular vector.

    An attribute starts as the mean of the items that have it, the projection of a modality as the ridge regression on it of what attributes
    leave unexplained, and an id as the remaining residual; so an item without interactions starts among similar items.

    Args:
        matrix: Co-occurrence of the items.
        data: Features of the items.
        counts: Number of interactions of each item, shape (items,).
        rng: Source of a little noise.
    """
    active = counts > 0
    vectors = singular_vectors(matrix, data.dimensions, rng)
    residual: Reals = (vectors + rng.normal(scale=NOISE, size=vectors.shape)) * active[:, None]
    tower = ItemTower(data.items, data.dimensions, {name: content.shape[1] for name, content in data.content.items()}, data.similarity)
    with torch.no_grad():
        if data.attributes.any():
            attributes, explained = _attribute_means(data.attributes, residual, active)
            tower.attributes.weight.copy_(torch.from_numpy(attributes))
            residual = (residual - explained) * active[:, None]
        for name, projection in tower.projections.items():
            coefficients = _ridge_regression(data.content[name], residual, active)
            projection.weight.copy_(torch.from_numpy(coefficients.T))  # type: ignore[operator]  # a Linear's weight is a Tensor
            residual = (residual - data.content[name].astype(np.float64) @ coefficients) * active[:, None]
        tower.ids.weight.copy_(torch.from_numpy(residual))
    return tower


def initialize_side(events: Sequences, vectors: Floats) -> Floats:
    """Return what each attribute and context adds to the vector of a user: how the mean item that is chosen with it differs from that of all, (BUCKETS, d).

    Args:
        events: With attributes and context.
        vectors: Initial vectors of the items, shape (items, d).
    """
    assert events.side is not None  # noqa: S101  # the caller has looked
    rows, columns = np.nonzero(events.side)
    has = sp.csr_matrix((np.ones(len(rows), np.float32), (events.side[rows, columns], events.items[rows])), shape=(BUCKETS, len(vectors)))
    counts = np.asarray(has.sum(axis=1))
    overall_mean = vectors[events.items].mean(axis=0) if len(events.items) else np.zeros(vectors.shape[1], np.float32)
    mean: Floats = ((has @ vectors - counts * overall_mean) / (counts + SIDE_PRIOR)).astype(np.float32)
    return mean


def singular_vectors(matrix: sp.csr_matrix, dimensions: int, rng: np.random.Generator) -> NDArray[Any]:
    """Compute the leading left singular vectors of the symmetric part, scaled by the roots of their values, rows about LENGTH long.

    Rows are zeros where nothing occurs together.
    """
    symmetric = ((matrix + matrix.T) / 2).astype(np.float64)
    size = symmetric.shape[0]
    rank = min(dimensions, size - 1)
    if rank < 1 or not symmetric.nnz:
        return np.zeros((size, dimensions))
    values, vectors = eigsh(symmetric, k=rank, which="LM", v0=rng.normal(size=size))  # its singular vectors, at half the price of `svds`
    order = np.argsort(np.abs(values), kind="stable")
    scaled = vectors[:, order] * np.sqrt(np.abs(values[order]))
    scaled *= LENGTH / (np.linalg.norm(scaled, axis=1, keepdims=True) + 1e-3)
    return np.pad(scaled, ((0, 0), (0, dimensions - rank)))


def _attribute_means(attributes: Ints, vectors: Reals, active: Bools) -> tuple[Reals, Reals]:
    """Return each attribute's mean over the active items that have it, shape (BUCKETS, d), and what that explains of each item."""
    rows, columns = np.nonzero(attributes)
    has = sp.csr_matrix((np.ones(len(rows)), (rows, attributes[rows, columns])), shape=(len(attributes), BUCKETS))
    means = (has.T @ vectors) / (1 + (has.T @ active.astype(np.float64)))[:, None]
    return means, (has @ means) / np.maximum((attributes > 0).sum(1), 1)[:, None]


def _ridge_regression(content: Floats, vectors: Reals, active: Bools) -> Reals:
    """Regress the vectors of the active items on their content; returns coefficients of shape (width, d)."""
    inputs = content[active].astype(np.float64)
    coefficients: Reals = np.linalg.solve(inputs.T @ inputs + REGULARIZATION * np.eye(content.shape[1]), inputs.T @ vectors[active])
    return coefficients
