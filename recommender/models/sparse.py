"""Build sparse matrices from interactions, keep their largest entries, and store them as arrays."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from recommender.data.sequences import Bools, Floats, Sequences
from recommender.ranker import Arrays


def interaction_matrix(events: Sequences, items: int) -> sp.csr_matrix:
    """Return the strongest weight of each user and item, shape (users, items).

    Example:
        >>> interaction_matrix(Sequences.from_lists([[0, 1, 0], [2]]), 3).toarray().tolist()
        [[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    order = np.lexsort((-events.weights, events.items, events.users))
    users, numbers = events.users[order], events.items[order]
    first = np.ones(len(order), np.bool_)
    first[1:] = (users[1:] != users[:-1]) | (numbers[1:] != numbers[:-1])
    return sp.csr_matrix((events.weights[order][first], (users[first], numbers[first])), shape=(len(events), items))


def recency_matrix(histories: Sequences, items: int, decay: float) -> sp.csr_matrix:
    """Return the recency weights of the histories' items, shape (users, items).

    Example:
        >>> recency_matrix(Sequences.from_lists([[2, 0, 2], [1]]), 3, 0.5).toarray().tolist()
        [[0.5, 0.0, 1.25], [0.0, 1.0, 0.0]]
    """
    matrix = sp.csr_matrix((recency_weights(histories, decay), histories.items, histories.starts), shape=(len(histories), items))
    matrix.sum_duplicates()
    return matrix


def recency_weights(histories: Sequences, decay: float) -> Floats:
    """Weigh each interaction by `decay` to the power of the number of later ones, shape (n,).

    Interactions of unknown order share equally the weight of their positions.

    Example:
        >>> recency_weights(Sequences.from_lists([[4, 7, 2]]), 0.5).tolist()
        [0.25, 0.5, 1.0]
    """
    decayed, unordered = decay ** histories.positions_from_end.astype(np.float64), ~histories.ordered
    if unordered.any():
        users = histories.users[unordered]
        total = np.bincount(users, weights=decayed[unordered], minlength=len(histories))
        decayed[unordered] = (total / np.maximum(np.bincount(users, minlength=len(histories)), 1))[users]
    weights: Floats = (histories.weights * decayed).astype(np.float32)
    return weights


def keep_largest(rows: Floats, count: int) -> sp.csr_matrix:
    """Keep the `count` entries of each row with the largest absolute value."""
    width = min(count, rows.shape[1])
    columns = np.sort(np.argpartition(-np.abs(rows), width - 1, axis=1)[:, :width], axis=1)
    matrix = sp.csr_matrix((np.take_along_axis(rows, columns, axis=1).ravel(), columns.ravel(), np.arange(len(rows) + 1) * width), shape=rows.shape)
    matrix.eliminate_zeros()
    return matrix


def keep_strongest(matrix: sp.csr_matrix, count: int) -> sp.csr_matrix:
    """Keep the `count` largest entries of each row; of equal ones those of the lower item numbers."""
    matrix.sort_indices()
    stays, starts = np.ones(matrix.nnz, np.bool_), matrix.indptr
    for row in np.flatnonzero(np.diff(starts) > count):
        entries = slice(starts[row], starts[row + 1])
        stays[entries] = _select_strongest(matrix.data[entries], count)
    new_starts = np.concatenate([[0], np.cumsum(stays)])[starts]
    return sp.csr_matrix((matrix.data[stays], matrix.indices[stays], new_starts), shape=matrix.shape)


def _select_strongest(values: Floats, count: int) -> Bools:
    """Return True for the `count` largest values; of those that equal the smallest of them, for the first."""
    smallest = np.partition(values, len(values) - count)[len(values) - count]
    selected: Bools = values >= smallest
    ties = np.flatnonzero(values == smallest)
    selected[ties[len(ties) - (int(selected.sum()) - count) :]] = False
    return selected


def matrix_to_arrays(matrix: sp.csr_matrix) -> Arrays:
    """Return a sparse matrix as its arrays `data`, `columns` and `rows`."""
    return {"data": matrix.data, "columns": matrix.indices.astype(np.int32), "rows": matrix.indptr.astype(np.int64)}


def matrix_from_arrays(arrays: Arrays, size: int) -> sp.csr_matrix:
    """Restore the matrix of `matrix_to_arrays`, shape (size, size).

    Raises:
        ValueError: The arrays do not fit together.
    """
    matrix = sp.csr_matrix((arrays["data"], arrays["columns"], arrays["rows"]), shape=(size, size))
    matrix.check_format(full_check=True)
    return matrix
