"""What is kept of a model for people to see."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from detectors.learning.diagnostics import FPR_LEVELS, MAX_POINTS, TOP_ROWS, compute_diagnostics
from sluice.domain import ROW

ROWS = st.lists(st.floats(allow_nan=False), max_size=40)


class Fake:
    """A model of one number: the larger, the stranger; the other column is never to blame."""

    def score_rows(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        return rows["price"].to_numpy()

    def explain(self, rows: pl.DataFrame) -> pl.DataFrame:
        return pl.DataFrame({"columns": [["price"]] * rows.height, "expected": ["9.5"] * rows.height})

    def explain_cells(self, rows: pl.DataFrame) -> pl.DataFrame:
        price = rows.select(ROW, column=pl.lit("price"), surprise=pl.col("price").abs(), expected=pl.lit("9.5"))
        return pl.concat([price, rows.select(ROW, column=pl.lit("kind"), surprise=pl.lit(0.0), expected=pl.lit(None, dtype=pl.String))])

    def project(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        return np.stack([rows["price"].to_numpy()] * 3, axis=1)


def table(prices: list[float] | NDArray[np.float64]) -> pl.DataFrame:
    return pl.DataFrame({ROW: [f"b.{position}" for position in range(len(prices))], "price": pl.Series(prices, dtype=pl.Float64)})


@pytest.fixture
def calibration() -> NDArray[np.float64]:
    return np.arange(1999.0)


@given(newest=ROWS, held_back=ROWS)
def test_it_is_plain_json_whatever_the_rows_hold(newest: list[float], held_back: list[float]) -> None:
    built = compute_diagnostics(Fake(), np.arange(100.0), table(held_back), table(newest))
    assert json.loads(json.dumps(built, allow_nan=False)) == built


def test_the_achieved_rates_are_counted_at_each_budget(calibration: NDArray[np.float64]) -> None:
    built = compute_diagnostics(Fake(), calibration, table(calibration), table([1e6, 0.0] * 1000))
    outcome = {entry["max_fpr"]: entry for entry in built["calibration"]}  # type: ignore[attr-defined]  # a list by contract
    assert list(outcome) == list(FPR_LEVELS)
    assert outcome[0.01]["held_back"] == pytest.approx(0.01, abs=0.001)
    assert outcome[0.01]["newest"] == pytest.approx(0.5, abs=0.1)  # of the rows that are not learned from


def test_the_loudest_rows_come_first_with_their_cells(calibration: NDArray[np.float64]) -> None:
    rows = compute_diagnostics(Fake(), calibration, table([]), table(np.arange(2500.0)))["rows"]
    assert isinstance(rows, list)
    assert len(rows) == TOP_ROWS
    assert rows[0]["p"] == pytest.approx(1 / 2000)
    assert rows[0]["blamed"] == ["price"]
    assert [cell["column"] for cell in rows[0]["cells"]] == ["price", "kind"]
    assert {entry["row"] for entry in rows} <= {f"b.{position}" for position in range(1999, 2500)}


def test_it_stays_small_and_shows_every_loud_row(calibration: NDArray[np.float64]) -> None:
    built = compute_diagnostics(Fake(), calibration, table([]), table(np.arange(2500.0)))
    points = built["points"]
    assert isinstance(points, list)
    assert len(points) <= MAX_POINTS + TOP_ROWS
    assert sum(p <= 1 / 2000 for _, _, p in points) >= TOP_ROWS
    assert len(json.dumps(built)) < 40_000


def test_columns_are_weighed_and_the_loudest_stands_first(calibration: NDArray[np.float64]) -> None:
    assert compute_diagnostics(Fake(), calibration, table([]), table([10.0, 20.0]))["columns"] == [
        {"column": "price", "surprise": 15.0, "blamed": 2},
        {"column": "kind", "surprise": 0.0, "blamed": 0},
    ]


def test_without_rows_it_is_empty_rather_than_wrong(calibration: NDArray[np.float64]) -> None:
    built = compute_diagnostics(Fake(), calibration, table([]), table([]))
    assert (built["points"], built["columns"], built["rows"]) == ([], [], [])
    assert {entry["newest"] for entry in built["calibration"]} == {None}  # type: ignore[attr-defined]  # a list by contract
