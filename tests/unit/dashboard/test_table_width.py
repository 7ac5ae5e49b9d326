"""Columns of tables fit the room that there is, and say something."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from dashboard.widgets.table_width import row_height, widths_of, without_empty


@given(st.lists(st.integers(1, 400), min_size=1, max_size=8), st.integers(800, 1200))
def test_columns_never_end_beyond_the_edge(lengths: list[int], room: int) -> None:
    frame = pl.DataFrame({f"c{number}": ["x" * length] for number, length in enumerate(lengths)})
    widths = widths_of(frame, room)
    assert sum(widths.values()) <= room
    whole = sum(22 + 7 * max(length, 2) for length in lengths)
    assert (row_height(frame, widths) is None) == (whole <= room)


def test_chinese_letters_and_counts_are_measured_as_they_are_drawn() -> None:
    widths = widths_of(pl.DataFrame({"a": ["事件事件"], "b": [1234567], "c": [None]}), 500)
    assert widths == {"a": 22 + 7 * 8, "b": 22 + 7 * 9, "c": 22 + 7 * 8}


def test_a_column_that_is_empty_in_each_row_is_left_out_and_one_empty_table_stays() -> None:
    assert without_empty(pl.DataFrame({"owner": ["", None], "state": ["new", ""], "times": [0, None]})).columns == ["state", "times"]
    assert without_empty(pl.DataFrame({"owner": [""]})).columns == ["owner"]
