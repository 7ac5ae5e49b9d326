"""No suggestion names a value of a personal column: no set, prefix, range, median, evidence, doubt or kind of event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.checker import _error_reason
from checks.suggest import suggest
from checks.suggestions.kinds import tracking_plan
from cleaning.suggest import suggest_dependencies
from cleaning.suggest_sources import suggest_source_vote
from sluice.domain import Column, Message, Schema

ROWS = 240
MARKS = ("qzx", "7731", "1731")  # a part of every planted value, and of nothing else
NAMES = ("city", "kind", "event_type", "status", "source", "rating", "price", "amount", "updated_at", "phone")


@st.composite
def planted(draw: st.DrawFn) -> pl.Series:
    """Draw a column: few or many texts, with a prefix or alike, whole numbers, money, days or moments."""
    count = draw(st.sampled_from([1, 2, 3, 7, ROWS]))
    shape = draw(st.sampled_from(["qzx{}", "qzx-{:06}", "{}qzx@qzx.example", "QZX qzx {} words of some length", "77310{:06}"]))
    numbers: Sequence[int] = range(count)
    kinds: dict[str, list[object]] = {
        "text": [shape.format(number) for number in numbers],
        "integer": [77310000 + 7 * number for number in numbers],
        "number": [7731.0 + number / 4 for number in numbers],
        "date": [date(1731, 1, 1) + timedelta(days=number) for number in numbers],
        "timestamp": [datetime(1731, 1, 1, tzinfo=UTC) + timedelta(hours=number) for number in numbers],
    }
    values = kinds[draw(st.sampled_from(sorted(kinds)))]
    empty = draw(st.sampled_from([1, 3, ROWS]))  # every so many rows one cell is empty
    cells = [None if empty < ROWS and row % empty == 1 else values[row % count] for row in range(ROWS)]
    return pl.Series(cells) if any(cell is not None for cell in cells) else pl.Series([values[0]] * ROWS)


def column_of(name: str, cells: pl.Series) -> Column:
    types = {pl.String: "string", pl.Int64: "integer", pl.Float64: "number", pl.Date: "date"}
    return Column(name, types.get(type(cells.dtype), "timestamp"), personal=True)  # type: ignore[arg-type]  # all are types of columns


@given(
    st.lists(planted(), min_size=2, max_size=4), st.lists(st.sampled_from(NAMES), min_size=4, max_size=4, unique=True), st.sampled_from(["append", "snapshot"])
)
def test_no_value_of_a_personal_column_is_suggested(cells: list[pl.Series], names: list[str], mode: str) -> None:
    columns = [column_of(name, series) for name, series in zip(names, cells, strict=False)]
    frame = pl.DataFrame(
        [pl.Series("id", [f"o{row}" for row in range(ROWS)]), *(series.alias(column.name) for column, series in zip(columns, cells, strict=True))]
    )
    frame = frame.with_columns(pl.selectors.datetime().dt.cast_time_unit("us"))
    schema = Schema("orders", mode, ("id",), (Column("id"), *columns))  # type: ignore[arg-type]  # a mode
    other = Schema("others", mode, ("id",), schema.columns)  # type: ignore[arg-type]  # a mode
    entries = [str(entry) for entry in suggest(schema, frame, {"others": (other, frame)})]
    cleaners = [str(entry) for entry in [*suggest_dependencies(schema, frame), suggest_source_vote(schema, frame)]]
    texts = [*entries, *cleaners, str(tracking_plan(schema, frame))]
    assert not [text for text in texts if any(mark in text.lower() for mark in MARKS)]


@pytest.mark.parametrize("personal", [True, False])
def test_a_set_is_suggested_of_columns_that_are_not_personal_alone(personal: bool) -> None:
    schema = Schema("orders", "append", ("id",), (Column("id"), Column("status", personal=personal)))
    frame = pl.DataFrame({"id": [f"o{row}" for row in range(ROWS)], "status": [("qzx1", "qzx2")[row % 2] for row in range(ROWS)]})
    assert any("qzx1" in str(entry) for entry in suggest(schema, frame, {})) is not personal


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError("could not convert string to float: 'ann@mail.example'"), "ValueError"),
        (KeyError("ann@mail.example"), "KeyError"),
        (pl.exceptions.ComputeError("conversion of ann@mail.example failed"), "ComputeError"),
        (ValueError("no column 'email' to compare with"), "no column 'email' to compare with"),
    ],
)
def test_an_error_of_a_rule_shows_no_cell(error: Exception, text: str) -> None:
    assert _error_reason(error, ("email",)) == Message.of("evaluation_failed", error=text)
