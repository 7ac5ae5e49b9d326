"""Build sparse matrices from interactions, and keep their largest entries."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from recommender.data.sequences import Floats, Sequences


def interaction_matrix(events: Sequences, items: int) -> sp.csr_matrix:
    """Who met what, as strongly as he ever did; shape (users, items)."""
    order = np.lexsort((-events.weights, events.items, events.users))
    users, numbers = events.users[order], events.items[order]
    first = np.ones(len(order), np.bool_)
    first[1:] = (users[1:] != users[:-1]) | (numbers[1:] != numbers[:-1])
    return sp.csr_matrix((events.weights[order][first], (users[first], numbers[first])), shape=(len(events), items))


def keep_largest(rows: Floats, count: int) -> sp.csr_matrix:
    """The entries of each row that are farthest from 0, so many of each."""
    kept = min(count, rows.shape[1])
    places = np.sort(np.argpartition(-np.abs(rows), kept - 1, axis=1)[:, :kept], axis=1)
    matrix = sp.csr_matrix((np.take_along_axis(rows, places, axis=1).ravel(), places.ravel(), np.arange(len(rows) + 1) * kept), shape=rows.shape)
    matrix.eliminate_zeros()
    return matrix


def recency_matrix(histories: Sequences, items: int, decay: float) -> sp.csr_matrix:
    """Histories as rows of a matrix, an interaction the lighter the more follow it; shape (users, items)."""
    return sp.csr_matrix((recency_weights(histories, decay), (histories.users, histories.items)), shape=(len(histories), items))


def recency_weights(histories: Sequences, decay: float) -> Floats:
    """What each interaction counts, the lighter the more follow it, shape (n,).

    Those of unknown order share alike what their places would weigh.
    """
    light, unknown = decay ** histories.positions_from_end.astype(np.float64), ~histories.ordered
    if unknown.any():
        users = histories.users[unknown]
        total = np.bincount(users, weights=light[unknown], minlength=len(histories))
        light[unknown] = (total / np.maximum(np.bincount(users, minlength=len(histories)), 1))[users]
    weights: Floats = (histories.weights * light).astype(np.float32)
    return weights


def keep_strongest(matrix: sp.csr_matrix, count: int) -> sp.csr_matrix:
    """The largest entries of each row; of equal ones those of the lower item numbers."""
    matrix.sort_indices()
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    order = np.lexsort((matrix.indices, -matrix.data, rows))
    kept = np.sort(order[np.arange(len(order)) - matrix.indptr[:-1][rows] < count])
    return sp.csr_matrix((matrix.data[kept], (rows[kept], matrix.indices[kept])), shape=matrix.shape)
