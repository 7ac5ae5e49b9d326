"""Values that stand in another column of their row are put back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cleaning.swapped_columns import SwappedColumns
from sluice.domain import Batch, Column, Schema

SCHEMA = Schema("catalog", "snapshot", ("item",), (Column("item"), Column("brand"), Column("line"), Column("category")))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("Amber Bay", "Tarn", "Mugs"), ("Tarn", "Amber Bay", "Mugs")),
        (("Mugs", "Amber Bay", "Tarn"), ("Tarn", "Amber Bay", "Mugs")),
        ((None, "Tarn", "Mugs"), ("Tarn", None, "Mugs")),
        (("Tarn", "Amber Bay", "Mugs"), ("Tarn", "Amber Bay", "Mugs")),
        (("Newcomer", "Tarn", "Mugs"), ("Newcomer", "Tarn", "Mugs")),
        ((None, None, None), (None, None, None)),
    ],
)
def test_whole_cells_are_exchanged_or_moved(batch: Callable[..., Batch], snapshot: Callable[..., Any], before: tuple[str, ...], after: tuple[str, ...]) -> None:
    published = snapshot(SCHEMA, item=["a", "b"], brand=["Tarn", "Tarn"], line=["Amber Bay", "Amber Bay"], category=["Mugs", "Mugs"])
    cleaner = SwappedColumns(SCHEMA, ("brand", "line", "category"))
    cells = dict(zip(("brand", "line", "category"), ([value] for value in before), strict=True))
    cleaned = cleaner.clean(batch(SCHEMA, item=["c"], **cells), [], published)
    assert cleaned.batch.rows.select("brand", "line", "category").row(0) == after
    assert cleaned.repairs.height == sum(old != new for old, new in zip(before, after, strict=True))


def test_two_text_columns_are_needed() -> None:
    for columns in (("brand",), ("brand", "nope")):
        with pytest.raises(ValueError, match="two or more text columns"):
            SwappedColumns(SCHEMA, columns)
