"""Parquet columns of any type: text, or a type that a schema may declare."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from sluice.config import Limits
from sluice.sources.table import read_table

CELLS = {
    "text as bytes": ([b"abc", None], ["abc", None]),
    "bytes": ([b"abc", b"\xff\x00"], ["abc", "data:;base64,/wA="]),
    "time of day": ([time(14, 5), None], ["14:05:00", None]),
    "duration": ([timedelta(hours=25), timedelta(0)], ["P1DT1H", "PT0S"]),
    "list of bytes": ([[b"a", None], [], None], ['["a",null]', "[]", None]),
    "struct with bytes": ([{"x": b"\xff", "y": [1]}, None], ['{"x":"data:;base64,/w==","y":[1]}', None]),
    "list of structs with bytes": ([[{"x": b"a"}], [{"x": None}]], ['[{"x":"a"}]', '[{"x":null}]']),
    "list of times": ([[time(1, 2)], [None]], ['["01:02:00"]', "[null]"]),
    "nothing": ([None, None], [None, None]),
}
DECLARABLE = [[Decimal("1.10")], [date(2026, 1, 2)], [datetime(2026, 1, 2, tzinfo=UTC)], [1], [2.5], [True], ["x"]]


@pytest.mark.parametrize(("cells", "text"), CELLS.values(), ids=CELLS.keys())
def test_cells_become_text(tmp_path: Path, cells: list[object], text: list[str | None]) -> None:
    pl.DataFrame({"a": pl.Series(cells), "b": 1}).write_parquet(tmp_path / "a.parquet")
    assert read_table(tmp_path / "a.parquet", Limits()).frame["a"].to_list() == text


@pytest.mark.parametrize("cells", DECLARABLE)
def test_types_that_a_schema_declares_stay(tmp_path: Path, cells: list[object]) -> None:
    pl.DataFrame({"a": cells}).write_parquet(tmp_path / "a.parquet")
    assert read_table(tmp_path / "a.parquet", Limits()).frame["a"].to_list() == cells
