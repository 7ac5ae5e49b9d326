"""The histograms of HBOS score rows as PyOD's do."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from detectors.classical.histograms import Histograms

RNG = np.random.default_rng(7)
FIT = np.column_stack([RNG.normal(size=300), RNG.integers(0, 4, 300), RNG.exponential(size=300), np.full(300, 2.0)])
OUTSIDE = np.array([[-9.0, -0.1, 99.0, 2.0], [9.0, 3.1, -0.01, 1.4], [0.0, 3.2, 0.0, 3.0]])  # some nearer than half a bin, some farther
ROWS = np.concatenate([FIT, RNG.normal(scale=3, size=(700, 4)), OUTSIDE])


@pytest.mark.parametrize("bins", [3, 10])
def test_rows_have_the_scores_of_pyod(bins: int, monkeypatch: pytest.MonkeyPatch) -> None:
    hbos = pytest.importorskip("pyod.models.hbos")
    monkeypatch.setattr(hbos, "_calculate_outlier_scores", hbos._calculate_outlier_scores.py_func)  # Numba compiles for seconds
    peer = hbos.HBOS(n_bins=bins).fit(FIT)
    np.testing.assert_allclose(Histograms(bins).fit(FIT).decision_function(ROWS), peer.decision_function(ROWS), rtol=1e-14, atol=0)


@pytest.mark.parametrize("rows", [ROWS[:1], ROWS[5:7], ROWS[100:164]])
def test_a_row_has_the_same_score_in_any_company(rows: NDArray[np.float64]) -> None:
    histograms = Histograms().fit(FIT)
    place = int(np.flatnonzero((rows[0] == ROWS).all(axis=1))[0])
    assert (histograms.decision_function(rows) == histograms.decision_function(ROWS)[place : place + len(rows)]).all()


def test_the_row_far_outside_of_every_histogram_scores_highest() -> None:
    assert Histograms().fit(FIT).decision_function(ROWS).argmax() in np.flatnonzero((np.abs(ROWS) > np.abs(FIT).max(axis=0)).any(axis=1))
