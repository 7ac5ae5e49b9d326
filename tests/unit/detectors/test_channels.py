from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from detectors.features.column_features import ColumnFeature, derive_features, read_feature
from sluice.domain import Column, Schema

SCHEMA = Schema("d", columns=(Column("n", "number"), Column("c"), Column("t"), Column("s", "timestamp"), Column("day", "date")), time="s")
NOON = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)


def kinds(rows: pl.DataFrame, *names: str) -> list[tuple[str, str]]:
    return [(channel.column, channel.kind) for channel in derive_features(rows, names, SCHEMA)]


def test_a_text_is_its_length_its_classes_of_characters_and_its_texture() -> None:
    rows = pl.DataFrame({"t": [f"Chair {i}, large{'!' * (i % 3)}" for i in range(20)]})
    assert kinds(rows, "t") == [("t", "length"), ("t", "letters"), ("t", "capitals"), ("t", "digits"), ("t", "marks"), ("t", "texture")]
    texts = pl.DataFrame({"t": ["Ab 1, ü", "", None]})
    outcome = {channel.kind: read_feature(texts, channel).to_list() for channel in (*derive_features(rows, ("t",), SCHEMA), ColumnFeature("t", "foreign"))}
    assert outcome["length"] == [7, 0, None]
    assert all(outcome[kind] == [1 / 7, 0, None] for kind in ("capitals", "digits", "marks", "foreign"))


def test_values_that_come_again_are_a_category_with_its_own_value_for_null() -> None:
    rows = pl.DataFrame({"c": ["red", "blue", None] * 10})
    assert kinds(rows, "c") == [("c", "category")]
    assert read_feature(rows, ColumnFeature("c", "category")).head(3).to_list() == ["red", "blue", "\x00"]


def test_a_moment_is_an_hour_and_once_all_were_seen_a_weekday() -> None:
    small, many = (pl.DataFrame({"s": [NOON + timedelta(days=i) for i in range(n)]}) for n in (6, 7))
    assert kinds(small, "s") == [("s", "hour")]
    assert kinds(many, "s") == [("s", "hour"), ("s", "weekday")]
    assert read_feature(small, ColumnFeature("s", "hour"))[0] == "12"


def test_the_gap_to_the_datasets_time_is_in_seconds() -> None:
    schema = Schema("d", columns=(Column("s", "timestamp"), Column("sent", "timestamp")), time="s")
    rows = pl.DataFrame({"s": [NOON], "sent": [NOON + timedelta(minutes=1)]})
    gap = next(channel for channel in derive_features(rows, ("sent",), schema) if channel.kind == "gap")
    assert read_feature(rows, gap).to_list() == [60.0]


def test_nulls_of_some_rows_are_a_channel_and_of_none_are_not() -> None:
    assert kinds(pl.DataFrame({"n": [1.0, None]}), "n") == [("n", "number"), ("n", "presence")]
    assert kinds(pl.DataFrame({"n": [1.0, 2.0]}), "n") == [("n", "number")]


@pytest.mark.parametrize("values", [[None, None], [float("nan")], [float("inf"), float("-inf")], []])
def test_a_number_that_was_never_measured_has_no_channel(values: list[float | None]) -> None:
    assert ("n", "number") not in kinds(pl.DataFrame({"n": pl.Series(values, dtype=pl.Float64)}), "n")


@pytest.mark.parametrize("numbers", [[1, 2, 3], [1.0, 2.0, 3.0]])
def test_a_category_that_became_numeric_is_compared_as_text(numbers: list[float]) -> None:
    assert read_feature(pl.DataFrame({"c": numbers}), ColumnFeature("c", "category")).to_list() == ["1", "2", "3"]


def test_a_number_that_became_text_is_null_where_it_is_none() -> None:
    assert read_feature(pl.DataFrame({"n": ["a", "2.5", ""]}), ColumnFeature("n", "number")).to_list() == [None, 2.5, None]


@pytest.mark.parametrize("kind", ["number", "length", "texture", "gap", "category", "hour", "presence"])
@pytest.mark.parametrize("cell", [None, [1], {"a": 1}, True, b"\xff", object(), NOON, NOON.date(), NOON.time(), timedelta(1), "x", 1])
def test_cells_of_any_nature_are_read(cell: object, kind: str) -> None:
    rows = pl.DataFrame({"x": pl.Series([cell], strict=False), "s": [NOON]})
    channel = ColumnFeature("x", kind, "s")  # type: ignore[arg-type]
    assert read_feature(rows, channel).dtype in (pl.Float64, pl.String)
    assert len(read_feature(rows.drop("x"), channel)) == 1
