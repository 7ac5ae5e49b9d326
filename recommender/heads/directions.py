"""The directions in which the rows of a matrix differ most (randomised SVD: Halko, Martinsson and Tropp 2011)."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

EXTRA = 10  # directions looked at beyond those that are asked for
ROUNDS = 5  # of power iteration


def directions(matrix: sp.csr_matrix | NDArray[np.floating], count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The leading right singular vectors. Unlike ARPACK's, the same for the same matrix even where singular values are equal.

    Args:
        matrix: Shape (rows, columns).
        count: How many, at most min(rows, columns).

    Returns:
        Singular values, the largest first, shape (count,), and vectors, shape (columns, count).
    """
    probe = np.random.default_rng(0).normal(size=(matrix.shape[0], min(count + EXTRA, *matrix.shape)))
    basis, _ = np.linalg.qr(matrix.T @ probe)
    for _ in range(ROUNDS):
        basis, _ = np.linalg.qr(matrix.T @ (matrix @ basis))
    image = matrix @ basis
    squares, turned = np.linalg.eigh(image.T @ image)
    values = np.sqrt(np.maximum(squares[::-1][:count], 0))
    return values, basis @ turned[:, ::-1][:, :count]
