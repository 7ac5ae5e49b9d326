"""A cell that is empty where none ever was is a rare event; a value that was never seen is none."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import polars as pl
import pytest

from detectors.autoencoder.detector import Autoencoder
from detectors.autoencoder.missing_cells import compute_null_rarity, is_missing
from detectors.autoencoder.model import AutoencoderModel
from detectors.encoding import Encoder
from detectors.learning.calibrated_model import CalibratedModel
from detectors.learning.calibration import ErrorControl
from detectors.learning.history import HistorySplit
from detectors.learning.reservoir import Reservoir
from sluice.domain import ROW, Column, Schema

PROMISE = ErrorControl("marginal", 0.01)
NEVER = ("category", "country", "currency", "price", "quantity", "total")  # empty in no row of the history


@pytest.fixture(scope="module")
def trained(table: Schema, history: pl.DataFrame) -> CalibratedModel:
    model = Autoencoder(table, training_steps=150, device="cpu").fit(HistorySplit.from_rows(history), 0)
    return Reservoir(HistorySplit.from_rows(history)).calibrate(model, PROMISE)


def emptied(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    return rows.with_columns(pl.lit(None, dtype=rows.schema[column]).alias(column))


@pytest.mark.parametrize("column", NEVER)
def test_an_empty_cell_where_none_ever_was_is_flagged_blamed_and_told_what_was_expected(trained: CalibratedModel, clean: pl.DataFrame, column: str) -> None:
    rows = emptied(clean.head(300), column)
    outcome = trained.model.explain(rows)
    assert trained.flag(rows, PROMISE).all()
    assert (outcome["columns"].list.first() == column).all()
    assert outcome["expected"].null_count() == 0
    assert (outcome["how"] == "is empty, where hardly any ever was").all()
    cells = trained.model.explain_cells(rows).filter(column=column)
    assert (cells["surprise"] > 3).all()


def test_empty_cells_that_are_usual_values_never_seen_and_clean_rows_keep_the_budget(trained: CalibratedModel, clean: pl.DataFrame) -> None:
    for rows in (clean, emptied(clean, "weight"), *(clean.with_columns(pl.lit("new").alias(name)) for name in ("category", "country", "currency"))):
        assert trained.flag(rows, PROMISE).mean() < 0.05  # of so small a history; one that knows empty cells for alarms flags all


def test_what_is_no_number_is_as_good_as_none(trained: CalibratedModel, clean: pl.DataFrame) -> None:
    rows = clean.head(50).with_columns(price=pl.lit("a lot"))
    assert trained.flag(rows, PROMISE).all()
    outcome = trained.model.explain(rows)
    assert (outcome["columns"].list.first() == "price").all()
    assert (outcome["how"] == "cannot be read, where nearly all could be").all()


def test_of_a_wrong_cell_that_is_not_empty_nothing_more_is_said(trained: CalibratedModel, planted: Mapping[str, pl.DataFrame]) -> None:
    for rows in planted.values():
        assert trained.model.explain(rows)["how"].null_count() == rows.height
        assert trained.model.explain_cells(rows)["how"].null_count() == rows.height * len(planted) + rows.height


def test_an_empty_cell_says_the_same_after_learning_on_and_saving(trained: CalibratedModel, clean: pl.DataFrame) -> None:
    assert isinstance(trained.model, AutoencoderModel)
    later = trained.model.partial_fit(clean[:3000], 0).rescale(clean[3000:])
    again, rows = AutoencoderModel.unpack(*later.pack(), "cpu"), emptied(clean.head(50), "price")
    assert np.array_equal(again.score_rows(rows), later.score_rows(rows))
    assert (again.score_rows(rows) > 3).all()


def test_the_chance_of_an_empty_cell_is_that_of_one_more() -> None:
    schema = Schema("d", columns=(Column("never", "number"), Column("once", "number"), Column("often", "number"), Column("day", "date"), Column("t")))
    n = 98
    numbers = {name: [None] * gone + [float(i) for i in range(n - gone)] for name, gone in (("never", 0), ("once", 1), ("often", 9))}
    rows = pl.DataFrame({**numbers, "t": [f"text {i}" for i in range(n)], ROW: [f"r{i}" for i in range(n)]}).with_columns(
        day=pl.date_range(pl.date(2026, 1, 1), pl.date(2026, 4, 8))
    )
    encoder = Encoder.fit(rows, [entry.name for entry in schema.columns], schema)
    encoded = encoder.encode(rows)
    outcome = {
        (entry.column, entry.kind): value
        for entry, value in zip(encoder.channels, compute_null_rarity(encoded, encoder.channels)[:, 0].tolist(), strict=True)
        if value
    }
    assert outcome == {
        ("never", "number"): pytest.approx(2),
        ("once", "number"): pytest.approx(2 - math.log10(2)),
        ("t", "length"): pytest.approx(2),
        ("day", "weekday"): pytest.approx(2),
    }
    assert is_missing(encoder.encode(rows.clear())).shape == (len(encoder.channels), 0)


def test_a_null_that_a_category_knows_is_a_value() -> None:
    rows = pl.DataFrame({"c": [None] * 3 + ["a", "b"] * 40, ROW: [f"r{i}" for i in range(83)]})
    encoder = Encoder.fit(rows, ["c"], Schema("d", columns=(Column("c"),)))
    assert not is_missing(encoder.encode(rows)).any()
    assert not is_missing(encoder.encode(rows.with_columns(c=pl.lit("new")))).any()
