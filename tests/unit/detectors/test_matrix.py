from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from detectors.classical.feature_matrix import FeatureMatrix
from detectors.classical.hot_deck import impute_from_nearest
from detectors.classical.pyod_by_name import NamedPyodDetector
from detectors.encoding import Encoder
from detectors.learning.history import HistorySplit

NAMES = ("category", "country", "currency", "price")


@pytest.fixture(scope="module")
def matrix(history: Any, table: Any) -> FeatureMatrix:
    return FeatureMatrix(Encoder.fit(history, NAMES, table))


def test_a_value_never_seen_is_taken_for_that_of_the_row_that_is_nearest_in_all_else(matrix: FeatureMatrix, history: Any) -> None:
    rows = history.head(50)
    new = rows.with_columns(currency=pl.lit("gold"))
    accepted = matrix(history)
    assert np.array_equal(matrix.like(rows, accepted), matrix(rows))
    assert np.array_equal(matrix.like(new, accepted), matrix(rows))  # the country tells the currency
    assert not np.array_equal(matrix(new), matrix(rows))


def test_what_is_filled_in_is_the_same_in_any_company() -> None:
    rng = np.random.default_rng(0)
    features, lacking, accepted = rng.normal(size=(600, 5)).astype(np.float32), rng.random((600, 5)) < 0.3, rng.normal(size=(70, 5))
    whole = impute_from_nearest(features, lacking, accepted)
    assert np.array_equal(whole[~lacking], features[~lacking])
    assert np.isin(whole[lacking], accepted.astype(np.float32)).all()
    assert np.array_equal(np.concatenate([impute_from_nearest(features[i : i + 7], lacking[i : i + 7], accepted) for i in range(0, 600, 7)]), whole)
    assert impute_from_nearest(features[:0], lacking[:0], accepted).shape == (0, 5)


def test_a_density_does_not_alarm_for_values_never_seen(table: Any, history: Any, clean: Any) -> None:
    model = NamedPyodDetector(table, algorithm="GMM", parameters=(("n_components", 8),), max_reference_rows=2048).fit(
        HistorySplit(history, history[:0], history[:0]), 0
    )
    limit = np.quantile(model.score_rows(clean[:3000]), 0.99)
    for name in ("category", "country", "currency"):
        assert (model.score_rows(clean[3000:].with_columns(pl.lit("new").alias(name))) > limit).mean() < 0.02
