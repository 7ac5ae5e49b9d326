"""Users' vectors by weighted least squares from the items that they met: how factorisations learn, and how they serve who is new."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.data.sequences import Floats, Ints

Reals: TypeAlias = NDArray[np.floating[Any]]

ENTRIES = 8192  # gathered at a time, so that they stay in the processor's cache


def solve(weights: sp.csr_matrix, vectors: Floats, right: Floats, background: Reals, ridge: Reals, *, steps: int, start: Floats | None = None) -> Floats:
    """For each row u solve (b_u V'V + sum_i w_ui v_i v_i' + r_u I) x_u = right_u.

    By conjugate gradients without ever forming a row's matrix, as Takács, Pilászy and Tikk (RecSys 2011) propose; each group of rows is
    preconditioned by the inverse of its mean matrix, so that a few steps suffice.

    Args:
        weights: Of the items met, shape (rows, items).
        vectors: V, shape (items, d).
        right: Shape (rows, d).
        background: b, shape (rows,): what every item counts, met or not.
        ridge: r, shape (rows,), above 0.
        steps: Of the conjugate gradients.
        start: Where they begin, shape (rows, d); None: at 0.

    Returns:
        Shape (rows, d).
    """
    found = np.zeros_like(right) if start is None else start.copy()
    gram, mean = vectors.T @ vectors, _mean_square(weights, vectors)
    padded = np.concatenate([vectors, np.zeros((1, vectors.shape[1]), np.float32)])  # behind the last item: nothing
    total = np.asarray(weights.sum(1)).ravel()
    for rows in _groups(np.diff(weights.indptr)):
        items, strengths = _lists(weights, rows)
        group = _Group(np.take(padded, items, axis=0), strengths, gram, background[rows, None], ridge[rows, None])
        usual = background[rows].mean() * gram + total[rows].mean() * mean + ridge[rows].mean() * np.eye(len(gram))
        found[rows] = _descend(group, np.linalg.inv(usual).astype(np.float32), right[rows], found[rows], steps)
    return found


class _Group:
    """The matrices of some rows, as what they do to vectors."""

    def __init__(self, met: Floats, strengths: Floats, gram: Floats, background: Reals, ridge: Reals) -> None:
        self.met, self.across = met, met.transpose(0, 2, 1)
        self.strengths, self.gram, self.background, self.ridge = strengths[:, :, None], gram, background, ridge

    def times(self, x: Reals) -> Reals:
        """Each row's matrix times its vector."""
        own: Reals = (self.across @ (self.strengths * (self.met @ x[:, :, None])))[:, :, 0]
        return own + self.background * (x @ self.gram) + self.ridge * x


def _descend(group: _Group, inverse: Reals, right: Reals, x: Reals, steps: int) -> Reals:
    """Preconditioned conjugate gradients, all rows side by side."""
    rest = right - group.times(x)
    better = rest @ inverse
    way, size = better, _dot(rest, better)
    for _ in range(steps):
        change = group.times(way)
        length = size / np.maximum(_dot(way, change), 1e-20)
        x, rest = x + length * way, rest - length * change
        better = rest @ inverse
        before, size = size, _dot(rest, better)
        way = better + size / np.maximum(before, 1e-20) * way
    return x


def _dot(left: Reals, right: Reals) -> Reals:
    products: Reals = np.einsum("ud,ud->u", left, right)[:, None]
    return products


def _mean_square(weights: sp.csr_matrix, vectors: Floats) -> Reals:
    """What an interaction adds to a row's matrix, on average."""
    counts = np.bincount(weights.indices, weights=weights.data, minlength=weights.shape[1]).astype(np.float32)
    return (vectors.T * counts) @ vectors / max(float(counts.sum()), 1.0)


def _groups(lengths: Ints) -> Iterator[Ints]:
    """All rows, those of like length together."""
    order = np.argsort(lengths, kind="stable")
    first = 0
    while first < len(order):
        room = max(1, ENTRIES // max(int(lengths[order[first]]), 1))
        group = order[first : first + room]
        fitting = np.arange(1, len(group) + 1) * np.maximum(lengths[group], 1) <= 2 * ENTRIES
        group = group[: max(1, int(fitting.sum()))]
        yield group
        first += len(group)


def _lists(weights: sp.csr_matrix, rows: Ints) -> tuple[Ints, Floats]:
    """The items and weights of some rows side by side; behind a row's end the item is the one behind the last, and weighs nothing."""
    lengths = np.diff(weights.indptr)[rows]
    span = np.arange(max(int(lengths.max()), 1))
    inside = span < lengths[:, None]
    places = (weights.indptr[rows][:, None] + span)[inside]
    items = np.full(inside.shape, weights.shape[1], np.int64)
    strengths = np.zeros(inside.shape, np.float32)
    items[inside], strengths[inside] = weights.indices[places], weights.data[places]
    return items, strengths
