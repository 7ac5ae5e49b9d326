"""Sparse matrices of items."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp


def strongest(matrix: sp.csr_matrix, count: int) -> sp.csr_matrix:
    """The largest entries of each row; of equal ones those of the lower item numbers."""
    matrix.sort_indices()
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    order = np.lexsort((matrix.indices, -matrix.data, rows))
    kept = np.sort(order[np.arange(len(order)) - matrix.indptr[:-1][rows] < count])
    return sp.csr_matrix((matrix.data[kept], (rows[kept], matrix.indices[kept])), shape=matrix.shape)
