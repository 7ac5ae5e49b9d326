"""Solve weighted least squares for many rows at once: the step of ALS, and the fold-in of new users."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.data.sequences import Floats, Ints

Reals: TypeAlias = NDArray[np.floating[Any]]

ENTRIES = 8192  # gathered at a time, so that they stay in the processor's cache


def solve(
    weights: sp.csr_matrix, vectors: Floats, right: Floats, unobserved_weight: Reals, regularization: Reals, *, steps: int, start: Floats | None = None
) -> Floats:
    """Solve (b_u V'V + sum_i w_ui v_i v_i' + r_u I) x_u = right_u for each row u.

    Uses conjugate gradients and never forms a row's matrix, as Takács, Pilászy and Tikk (RecSys 2011) propose; each group of rows is
    preconditioned by the inverse of its mean matrix, so that a few steps suffice.

    Args:
        weights: Weights w of the interactions, shape (rows, items).
        vectors: Item vectors V, shape (items, d).
        right: Right-hand sides, shape (rows, d).
        unobserved_weight: Weight b of every item, with or without an interaction, shape (rows,).
        regularization: L2 penalty r, shape (rows,), above 0.
        steps: Conjugate gradient steps.
        start: Initial solution, shape (rows, d); None: 0.

    Returns:
        Solutions x, shape (rows, d).
    """
    solutions = np.zeros_like(right) if start is None else start.copy()
    gram, mean = vectors.T @ vectors, _mean_square(weights, vectors)
    padded = np.concatenate([vectors, np.zeros((1, vectors.shape[1]), np.float32)])  # a zero vector behind the last item
    total = np.asarray(weights.sum(1)).ravel()
    for rows in _groups(np.diff(weights.indptr)):
        items, row_weights = _pad_rows(weights, rows)
        group = _Group(np.take(padded, items, axis=0), row_weights, gram, unobserved_weight[rows, None], regularization[rows, None])
        typical = unobserved_weight[rows].mean() * gram + total[rows].mean() * mean + regularization[rows].mean() * np.eye(len(gram))
        solutions[rows] = _descend(group, np.linalg.inv(typical).astype(np.float32), right[rows], solutions[rows], steps)
    return solutions


class _Group:
    """Multiply the matrices of some rows with vectors."""

    def __init__(self, observed: Floats, row_weights: Floats, gram: Floats, unobserved_weight: Reals, regularization: Reals) -> None:
        self.observed, self.transposed = observed, observed.transpose(0, 2, 1)
        self.weights, self.gram, self.unobserved_weight, self.regularization = row_weights[:, :, None], gram, unobserved_weight, regularization

    def times(self, x: Reals) -> Reals:
        """Return each row's matrix times its vector."""
        product: Reals = (self.transposed @ (self.weights * (self.observed @ x[:, :, None])))[:, :, 0]
        return product + self.unobserved_weight * (x @ self.gram) + self.regularization * x


def _descend(group: _Group, preconditioner: Reals, right: Reals, x: Reals, steps: int) -> Reals:
    """Run preconditioned conjugate gradients for all rows of a group."""
    residual = right - group.times(x)
    conditioned = residual @ preconditioner
    direction, size = conditioned, _dot(residual, conditioned)
    for _ in range(steps):
        image = group.times(direction)
        step = size / np.maximum(_dot(direction, image), 1e-20)
        x, residual = x + step * direction, residual - step * image
        conditioned = residual @ preconditioner
        before, size = size, _dot(residual, conditioned)
        direction = conditioned + size / np.maximum(before, 1e-20) * direction
    return x


def _dot(left: Reals, right: Reals) -> Reals:
    products: Reals = np.einsum("ud,ud->u", left, right)[:, None]
    return products


def _mean_square(weights: sp.csr_matrix, vectors: Floats) -> Reals:
    """Return what an interaction adds to a row's matrix, on average."""
    counts = np.bincount(weights.indices, weights=weights.data, minlength=weights.shape[1]).astype(np.float32)
    return (vectors.T * counts) @ vectors / max(float(counts.sum()), 1.0)


def _groups(lengths: Ints) -> Iterator[Ints]:
    """Yield all rows, those of similar length together."""
    order = np.argsort(lengths, kind="stable")
    first = 0
    while first < len(order):
        room = max(1, ENTRIES // max(int(lengths[order[first]]), 1))
        group = order[first : first + room]
        fitting = np.arange(1, len(group) + 1) * np.maximum(lengths[group], 1) <= 2 * ENTRIES
        group = group[: max(1, int(fitting.sum()))]
        yield group
        first += len(group)


def _pad_rows(weights: sp.csr_matrix, rows: Ints) -> tuple[Ints, Floats]:
    """Arrange the items and weights of some rows as two dense arrays, padded with the zero vector's number and weight 0."""
    lengths = np.diff(weights.indptr)[rows]
    span = np.arange(max(int(lengths.max()), 1))
    inside = span < lengths[:, None]
    positions = (weights.indptr[rows][:, None] + span)[inside]
    items = np.full(inside.shape, weights.shape[1], np.int64)
    row_weights = np.zeros(inside.shape, np.float32)
    items[inside], row_weights[inside] = weights.indices[positions], weights.data[positions]
    return items, row_weights
