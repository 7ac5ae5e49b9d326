"""Stored cells are cast to a new declaration; what does not cast stays readable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import polars as pl
import pytest

from sluice.domain import RAW, RAW_TYPE, Column
from sluice.sources.recast import recast


def stored(cells: list[object], dtype: pl.DataType | type[pl.DataType], raw: Sequence[object] | None = None) -> pl.DataFrame:
    return pl.DataFrame({"a": cells, "b": cells, RAW: raw or [None] * len(cells)}, schema={"a": dtype, "b": dtype, RAW: RAW_TYPE})


MIDNIGHT, NOON = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("dtype", "cells", "declared", "cast", "texts"),
    [
        (pl.String, ["19.99", " 7 ", "free", None], "number", [19.99, 7.0, None, None], {2: "free"}),
        (pl.Float64, [2.0, 2.5, None], "integer", [2, None, None], {1: "2.5"}),
        (pl.Float64, [2.0, 2.5], "string", ["2", "2.5"], {}),
        (pl.Int64, [7, None], "string", ["7", None], {}),
        (pl.Int64, [2**53 + 1], "number", [None], {0: "9007199254740993"}),
        (pl.Datetime("us", "UTC"), [MIDNIGHT, NOON], "date", [date(2026, 3, 1), None], {1: "2026-03-01T12:00:00Z"}),
        (pl.Date, [date(2026, 3, 1)], "timestamp", [MIDNIGHT], {}),
        (pl.Boolean, [True, None], "string", ["true", None], {}),
        (pl.String, ["yes", "perhaps"], "boolean", [True, None], {1: "perhaps"}),
    ],
)
def test_cells_cast_or_leave_their_text(dtype: pl.DataType, cells: list[object], declared: str, cast: list[object], texts: dict[int, str]) -> None:
    rows = recast(stored(cells, dtype), [Column("a", declared)], {})  # type: ignore[arg-type]  # a declared type
    assert rows["a"].to_list() == cast
    assert rows["a"].dtype == Column("a", declared).dtype  # type: ignore[arg-type]  # as above
    assert rows["b"].to_list() == cells
    assert {row: entries[0]["text"] for row, entries in enumerate(rows[RAW]) if entries is not None} == texts


def test_a_text_that_did_not_cast_before_is_tried_again_under_the_new_name() -> None:
    raw = [[{"column": "a", "text": "abc"}, {"column": "b", "text": "x"}], [{"column": "a", "text": "12"}], None]
    rows = recast(stored([None, None, 3.0], pl.Float64, raw), [Column("c", "string")], {"c": "a"})
    assert rows.columns == ["c", "b", RAW]
    assert rows["c"].to_list() == ["abc", "12", "3"]
    assert rows[RAW].to_list() == [[{"column": "b", "text": "x"}], None, None]


def test_where_both_names_are_stored_the_new_one_counts_first() -> None:
    rows = recast(stored([None, 1.0], pl.Float64).with_columns(b=pl.Series([5.0, 6.0])), [Column("a", "number")], {"a": "b"})
    assert rows.select(pl.exclude(RAW)).to_dict(as_series=False) == {"a": [5.0, 1.0]}
