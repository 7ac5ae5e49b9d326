"""Cells become values of their declared type, or are kept as text beside the row."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.domain import RAW, ROW, Column, Schema
from sluice.sources.cast import cast, to_type

INTEGERS = {
    "1": 1,
    " 7 ": 7,
    "-3": -3,
    "+4": 4,
    "5.0": 5,
    "1e3": 1000,
    "007": 7,
    "5.5": None,
    "1_0": None,
    "x": None,
    "99999999999999999999": None,
    "\u0661": None,
}
NUMBERS = {"1": 1.0, " 2.5": 2.5, "1e5": 1e5, ".5": 0.5, "NaN": None, "inf": None, "-Infinity": None, "12,50 €": None, "0x10": None}
BOOLEANS = {"true": True, "FALSE": False, "yes": True, "N": False, "1": True, "0": False, "maybe": None}
DATES = {"2026-03-01": date(2026, 3, 1), "2026-02-30": None, "01/03/2026": None, "2026-03-01T10:00:00Z": None}
TEN = datetime(2026, 3, 1, 10, tzinfo=UTC)
TIMESTAMPS = {
    "2026-03-01T10:00:00Z": TEN,
    "2026-03-01T10:00:00": TEN,
    "2026-03-01 10:00:00": TEN,
    "2026-03-01 10:00:00 UTC": TEN,
    "2026-03-01 10:00:00+00": TEN,
    "2026-03-01T12:00:00+02:00": TEN,
    "2026-03-01T04:30:00-0530": TEN,
    "2026-03-01T10:00": TEN,
    "2026-03-01 10:00Z": TEN,
    "2026-03-01": TEN.replace(hour=0),
    "2026-03-01T10:00:00.25Z": TEN.replace(microsecond=250_000),
    "2026-03-01 10:00:00.123456": TEN.replace(microsecond=123_456),
    "2026-03-01T10:00:00.123456789Z": TEN.replace(microsecond=123_456),
    "2026-03-01T25:00:00Z": None,
    "2026-02-30T10:00:00Z": None,
    "2026-03-01T10:00:00 tomorrow": None,
    "2026-03-01T10:00:0": None,
    "1772359200": None,
    "x": None,
}
ALL: list[tuple[str, dict[str, Any]]] = [("integer", INTEGERS), ("number", NUMBERS), ("boolean", BOOLEANS), ("date", DATES), ("timestamp", TIMESTAMPS)]


@pytest.mark.parametrize(("type_", "text", "value"), [(type_, text, value) for type_, cases in ALL for text, value in cases.items()])
def test_text_becomes_a_value_or_is_kept(type_: Any, text: str, value: object) -> None:
    frame = cast(pl.DataFrame({"c": [text]}), Schema("d", columns=(Column("c", type_),)), "b")
    assert frame["c"].to_list() == [value]
    assert frame[RAW].to_list() == [None if value is not None else [{"column": "c", "text": text}]]


@pytest.mark.parametrize("type_", ["string", "integer", "number", "boolean", "date", "timestamp"])
@pytest.mark.parametrize("cells", [["", " "], [None, None], []], ids=["blank", "null", "none"])
def test_blank_cells_are_null_and_leave_nothing_behind(type_: Any, cells: list[str | None]) -> None:
    column = Column("c", type_)
    frame = cast(pl.DataFrame({"c": pl.Series(cells, dtype=pl.String)}), Schema("d", columns=(column,)), "b")
    assert frame.schema["c"] == column.dtype
    assert frame[RAW].is_null().all()
    assert frame["c"].to_list() == ([None, " "] if type_ == "string" and cells and cells[0] == "" else [None] * len(cells))


def test_a_row_keeps_each_of_its_cells_that_did_not_cast() -> None:
    schema = Schema("d", columns=(Column("a", "integer"), Column("b", "number"), Column("c")))
    frame = cast(pl.DataFrame({"a": ["1", "x", "y"], "b": ["z", "2", "w"], "c": ["p", "q", "r"]}), schema, "batch")
    assert frame[RAW].to_list() == [
        [{"column": "b", "text": "z"}],
        [{"column": "a", "text": "x"}],
        [{"column": "a", "text": "y"}, {"column": "b", "text": "w"}],
    ]
    assert frame[ROW].to_list() == ["batch.0", "batch.1", "batch.2"]


TYPED = {
    "integers as numbers": (pl.Series([1, 2]), "number", [1.0, 2.0], 0),
    "numbers as integers": (pl.Series([1.0, 2.5]), "integer", [1, None], 1),
    "NaN is null": (pl.Series([1.0, float("nan")]), "number", [1.0, None], 0),
    "infinite": (pl.Series([1.0, float("inf")]), "number", [1.0, None], 1),
    "numbers as text": (pl.Series([1, 20]), "string", ["1", "20"], 0),
    "too large": (pl.Series([1, 2**64 - 1], dtype=pl.UInt64), "integer", [1, None], 1),
    "dates as times": (pl.Series([date(2026, 3, 1)]), "timestamp", [TEN.replace(hour=0)], 0),
    "times without zone": (pl.Series([TEN.replace(tzinfo=None)], dtype=pl.Datetime("ns")), "timestamp", [TEN], 0),
    "times of a zone": (pl.Series([TEN]).dt.convert_time_zone("Asia/Shanghai"), "timestamp", [TEN], 0),
    "times as text": (pl.Series([TEN]), "string", ["2026-03-01T10:00:00Z"], 0),
    "categories": (pl.Series(["a", "b"], dtype=pl.Categorical()), "string", ["a", "b"], 0),
    "booleans as text": (pl.Series([True, None]), "string", ["true", None], 0),
    "integers as booleans": (pl.Series([1, 0, 2]), "boolean", [True, False, None], 1),
}


@pytest.mark.parametrize(("cells", "type_", "values", "uncast"), TYPED.values(), ids=TYPED.keys())
def test_typed_cells_are_cast_likewise(cells: pl.Series, type_: Any, values: list[object], uncast: int) -> None:
    frame = cast(pl.DataFrame({"c": cells}), Schema("d", columns=(Column("c", type_),)), "b")
    assert frame["c"].to_list() == values
    assert frame[RAW].is_not_null().sum() == uncast


@settings(deadline=None)
@given(st.lists(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)), min_size=1), st.sampled_from("T "))  # noqa: DTZ001  # as hypothesis wants them
def test_every_time_in_iso_form_is_read(times: list[datetime], separator: str) -> None:
    text = pl.Series([time.isoformat(separator) for time in times])
    assert to_type(text, Column("c", "timestamp")).to_list() == times


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=8)), min_size=1), st.sampled_from(["integer", "number", "boolean", "date", "timestamp"]))
def test_no_cell_is_lost(cells: list[str | None], type_: Any) -> None:
    frame = cast(pl.DataFrame({"c": pl.Series(cells, dtype=pl.String)}), Schema("d", columns=(Column("c", type_),)), "b")
    blank = pl.Series(cells, dtype=pl.String).str.strip_chars().fill_null("") == ""
    assert (frame["c"].is_not_null() | frame[RAW].is_not_null() | blank).all()
    assert not (frame["c"].is_not_null() & frame[RAW].is_not_null()).any()
