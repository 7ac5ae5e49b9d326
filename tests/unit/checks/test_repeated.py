"""What repeats is what plain Python counts twice, however few repeat and whatever the cells are."""

from __future__ import annotations

from collections import Counter
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.polars_core.repeated import repeated as repeated_values
from sluice.rules import repeated

VALUES = {
    pl.String: st.text(max_size=3),
    pl.Int64: st.integers(-(2**63), 2**63 - 1),
    pl.Float64: st.sampled_from([0.0, -0.0, 1.5, float("inf"), -1e308]),
    pl.Boolean: st.booleans(),
    pl.Datetime("us", "UTC"): st.datetimes(),
    pl.Decimal(38, 4): st.decimals(-1000, 1000, places=4),
    pl.List(pl.String): st.lists(st.sampled_from("ab"), max_size=2),
}


def key_of(cell: Any) -> Any:
    return tuple(cell) if isinstance(cell, list) else cell


@pytest.mark.parametrize("dtype", VALUES, ids=str)
@given(data=st.data())
def test_repeated_cells(dtype: Any, data: st.DataObject) -> None:
    cells = data.draw(st.lists(st.none() | VALUES[dtype], max_size=30))
    series = pl.Series(cells, dtype=dtype)
    counts = Counter(map(key_of, series.to_list()))
    assert repeated_values(series).to_list() == [cell is not None and counts[key_of(cell)] > 1 for cell in series.to_list()]
    assert repeated(pl.DataFrame({"a": series}), ["a"]).to_list() == [counts[key_of(cell)] > 1 for cell in series.to_list()]


@given(st.lists(st.tuples(st.none() | st.integers(0, 40), st.none() | st.sampled_from(["x", "y"])), max_size=30))
def test_repeated_keys_of_two_columns(rows: list[tuple[int | None, str | None]]) -> None:
    frame = pl.DataFrame(rows, schema={"a": pl.Int64, "b": pl.String}, orient="row")
    counts = Counter(rows)
    assert repeated(frame, ["a", "b"]).to_list() == [counts[row] > 1 for row in rows]


@pytest.mark.parametrize("share", [0.0, 0.01, 0.9])
def test_few_and_many_repeats_among_many_rows(share: float) -> None:
    cells = pl.Series([f"k{place if place % 1000 >= share * 1000 else place % 10}" for place in range(20_000)])
    expected = cells.is_duplicated().to_list()
    assert any(expected) == bool(share)
    assert repeated_values(cells).to_list() == expected
    assert repeated(pl.DataFrame({"a": cells, "b": cells}), ["a", "b"]).to_list() == expected
