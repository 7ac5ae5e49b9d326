from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.models.least_squares import solve


def exact(weights: sp.csr_matrix, vectors: np.ndarray, right: np.ndarray, background: np.ndarray, ridge: np.ndarray) -> np.ndarray:
    dense = weights.toarray()
    matrices = [background[u] * vectors.T @ vectors + (vectors.T * dense[u]) @ vectors + ridge[u] * np.eye(vectors.shape[1]) for u in range(len(dense))]
    return np.stack([np.linalg.solve(matrix, b) for matrix, b in zip(matrices, right, strict=True)])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.sampled_from([0.0, 0.05, 0.6]))
def test_it_solves_what_it_says(seed: int, rows: int, density: float) -> None:
    rng = np.random.default_rng(seed)
    weights = sp.random(rows, 30, density, format="csr", random_state=rng, dtype=np.float32)
    vectors, right = rng.normal(size=(30, 6)).astype(np.float32), rng.normal(size=(rows, 6)).astype(np.float32)
    background, ridge = rng.uniform(0.05, 0.5, rows).astype(np.float32), rng.uniform(0.5, 2, rows).astype(np.float32)
    solution = solve(weights, vectors, right, background, ridge, steps=8)
    assert np.allclose(solution, exact(weights, vectors, right, background, ridge), atol=1e-3)


def test_it_goes_on_from_where_it_started() -> None:
    rng = np.random.default_rng(0)
    weights = sp.random(50, 30, 0.2, format="csr", random_state=rng, dtype=np.float32)
    vectors, right, ones = rng.normal(size=(30, 12)).astype(np.float32), rng.normal(size=(50, 12)).astype(np.float32), np.ones(50, np.float32)
    true = exact(weights, vectors, right, ones, ones)
    first = solve(weights, vectors, right, ones, ones, steps=2)
    second = solve(weights, vectors, right, ones, ones, steps=2, start=first)
    assert np.abs(second - true).max() < np.abs(first - true).max() / 2


def test_histories_of_any_length_stand_side_by_side() -> None:
    weights = sp.csr_matrix(np.tri(100, 9_000, k=-1) * (np.arange(100) % 3 == 0)[:, None], dtype=np.float32)
    weights = sp.vstack([weights, np.ones((1, 9_000), np.float32)], format="csr")
    vectors = np.random.default_rng(0).normal(size=(9_000, 3)).astype(np.float32)
    ones = np.ones(101, np.float32)
    right = weights @ vectors
    assert np.allclose(solve(weights, vectors, right, 0.01 * ones, ones, steps=4), exact(weights, vectors, right, 0.01 * ones, ones), atol=1e-3)
