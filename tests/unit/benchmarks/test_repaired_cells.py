"""Repairs are right or wrong by the clean table; blanks alone count as neither."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from benchmarks.first_contact.repaired_cells import compare_repairs, wilson_bound
from sluice.domain import REPAIRS, ROW, Cleaned, Column, Schema
from sluice.testing import make_batch

DIRTY = pl.DataFrame({"city": ["Boxz", "Boaz", " Boaz", None, "Oslo"], "size": ["12.0", "12", "13", "14", "15"]})
CLEAN = pl.DataFrame({"city": ["Boaz", "Boaz", "Boaz", "Rome", "Oslo"], "size": ["12", "12", "13", "14", "15"]})


def cleaned(*cells: tuple[int, str, str | None]) -> Cleaned:
    """Return the dirty table with some cells repaired, one after the other."""
    table = {name: DIRTY[name].to_list() for name in DIRTY.columns}
    for row, column, new in cells:
        table[column][row] = new
    records = [(f"b.{row}/{column}/{step}", f"b.{row}", column, None, new, "cleaner", 0.9, True, "") for step, (row, column, new) in enumerate(cells)]
    batch = make_batch(Schema("places", columns=(Column("city"), Column("size", "number"))), {**table, "size": [float(size) for size in table["size"]]})
    return Cleaned(
        replace(batch, rows=batch.rows.with_columns(pl.Series(ROW, [f"b.{row}" for row in range(5)]))), pl.DataFrame(records, schema=REPAIRS, orient="row")
    )


@pytest.mark.parametrize(
    ("cells", "right", "wrong", "mended"),
    [
        ([(0, "city", "Boaz")], 1, 0, 2),
        ([(0, "city", "Bonn"), (0, "city", "Boaz")], 1, 0, 2),
        ([(4, "city", "Rome")], 0, 1, 1),
        ([(3, "city", "Oslo")], 0, 1, 1),
        ([(2, "city", "Boaz")], 0, 0, 1),
        ([(1, "size", "12.0")], 0, 0, 1),
    ],
)
def test_repairs_are_compared_with_the_truth(cells: list[tuple[int, str, str | None]], right: int, wrong: int, mended: int) -> None:
    result = compare_repairs(DIRTY, CLEAN, cleaned(*cells))
    assert (result.errors, result.right.total(), result.wrong.total(), result.mended) == (3, right, wrong, mended)


def test_the_lower_bound_of_a_share() -> None:
    assert wilson_bound(0, 0) == 0
    assert wilson_bound(50, 50) == pytest.approx(0.929, abs=1e-3)
