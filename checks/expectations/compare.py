"""Compare a column with the expected value of each key."""

from __future__ import annotations

import polars as pl

from checks.expectations.base import RowResult, boolean_series, make_evidence
from sluice.domain import ROW, Message


def compare_with_expected(rows: pl.DataFrame, expected_values: pl.DataFrame, column: str, key: str, tolerance: float, message: Message) -> RowResult:
    """Compare each cell with the expected value of its key.

    Args:
        rows: Rows, with `_row_id`.
        expected_values: The key and `_expected`, one row per key.
        column: Column to compare.
        key: Column to join by.
        tolerance: Largest relative difference from the expected value, for numbers.
        message: Reason of a row that differs.
    """
    joined = rows.select(ROW, key, column).join(expected_values, on=key, how="left", maintain_order="left")
    cell, expected = pl.col(column), pl.col("_expected")
    evaluated = boolean_series(joined, cell.is_not_null() & expected.is_not_null())
    numeric = joined.schema[column].is_numeric() and joined.schema["_expected"].is_numeric()
    equal = (cell - expected).abs() <= tolerance * expected.abs() + 1e-9 if numeric else cell == expected
    failing = boolean_series(joined, ~equal) & evaluated
    evidence = make_evidence(joined.filter(failing), (column,), message, expected.cast(rows.schema[column], strict=False))
    return RowResult(failing, evaluated, evidence)
