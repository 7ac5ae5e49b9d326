from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.classical.algorithms import IsolationForest, Knn
from detectors.classical.base import PyodDetector, find_distinct_rows
from detectors.learning.calibrated_model import CalibratedModel
from detectors.learning.history import HistorySplit
from detectors.learning.restored import ModelCache, pack_model, restore_model
from sluice.domain import ROW, Artifact, Column, Schema

SCHEMA = Schema("numbers", columns=(Column("a", "number"), Column("b", "number")))


def rows(n: int, seed: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame({"a": rng.integers(0, 9, n).astype(float), "b": rng.integers(0, 5, n).astype(float), ROW: [f"r{i}" for i in range(n)]})


def fitted(detector: PyodDetector) -> CalibratedModel:
    learned = rows(600, 0)
    model = detector.fit(HistorySplit(learned[:450], learned[450:], learned[:0]), 0)
    return CalibratedModel(model, np.sort(model.score_rows(learned[450:])))


@pytest.mark.parametrize("detector", [IsolationForest(SCHEMA, n_estimators=20), Knn(SCHEMA)])
def test_a_row_has_one_score_alone_and_among_its_equals(detector: PyodDetector) -> None:
    model, batch = fitted(detector).model, rows(300, 1)
    scores = model.score_rows(batch)
    own = model.outlier.decision_function(model.project(batch))  # type: ignore[attr-defined]  # what the library itself gives
    assert np.allclose(scores, own, rtol=1e-12)
    assert [model.score_rows(batch[[i]])[0] for i in range(0, 300, 37)] == scores[::37].tolist()
    assert model.score_rows(pl.concat([batch, batch])).tolist() == [*scores, *scores]
    assert model.score_rows(batch[:0]).tolist() == []


@given(st.lists(st.tuples(*[st.integers(0, 2)] * 3), max_size=30))
def test_distinct_rows_rebuild_the_matrix(values: Any) -> None:
    matrix = np.array(values, np.float32).reshape(len(values), 3)
    first, place = find_distinct_rows(matrix)
    assert np.array_equal(matrix[first][place], matrix)
    assert len(first) == len(set(values))


def test_a_model_that_was_packed_is_restored_without_a_second_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    detector = IsolationForest(SCHEMA, n_estimators=5)
    model = fitted(detector)
    artifact = Artifact(pack_model(detector, model), {"kind": detector.kind})
    monkeypatch.setattr(IsolationForest, "outlier", lambda *_: pytest.fail("fitted again"))
    assert restore_model(detector, artifact) is model


def test_a_restored_model_scores_as_the_fitted_one_did() -> None:
    detector, batch = IsolationForest(SCHEMA, n_estimators=5), rows(50, 2)
    model = fitted(detector)
    restored = restore_model(detector, Artifact(model.pack(), {"kind": detector.kind}))
    assert restored is not model
    assert restored.p_values(batch).tolist() == model.p_values(batch).tolist()


def test_the_cache_drops_the_model_whose_last_use_is_longest_ago() -> None:
    detector, cache = IsolationForest(SCHEMA), ModelCache(2)
    first, second, third = (CalibratedModel(None, np.zeros(i)) for i in range(3))  # type: ignore[arg-type]  # the cache reads no model
    cache.put(detector, b"1", first)
    cache.put(detector, b"2", second)
    assert cache.get(detector, b"1") is first
    cache.put(detector, b"3", third)
    assert [cache.get(detector, key) for key in (b"1", b"2", b"3")] == [first, None, third]
