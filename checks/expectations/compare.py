"""Compares a column with what is expected of each row's key."""

from __future__ import annotations

import polars as pl

from checks.expectations.base import Rows, evidence, series
from sluice.domain import ROW


def against(rows: pl.DataFrame, partners: pl.DataFrame, column: str, by: str, tolerance: float, message: str) -> Rows:
    """Rows whose cell is not that of their key's partner.

    Args:
        rows: With `_row_id`.
        partners: `by` and `_expected`, one row a key.
        column: The column to compare.
        by: The key.
        tolerance: For numbers: how far apart they may be, as a share of the partner's.
        message: What to say of a row that differs.
    """
    paired = rows.select(ROW, by, column).join(partners, on=by, how="left", maintain_order="left")
    cell, expected = pl.col(column), pl.col("_expected")
    judged = series(paired, cell.is_not_null() & expected.is_not_null())
    numeric = paired.schema[column].is_numeric() and paired.schema["_expected"].is_numeric()
    equal = (cell - expected).abs() <= tolerance * expected.abs() + 1e-9 if numeric else cell == expected
    failing = series(paired, ~equal) & judged
    told = evidence(paired.filter(failing), (column,), message, expected.cast(rows.schema[column], strict=False))
    return Rows(failing, judged, told)
