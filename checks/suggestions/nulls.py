"""Suggest the share of filled cells that a column must keep."""

from __future__ import annotations

import math
from collections.abc import Iterator

import polars as pl

from checks.suggestions import Suggestion, flag_step, hold_step, severity_by
from checks.suggestions.limits import exception_bound
from sluice.domain import Column, Message, Schema

_NAME = "expect_column_values_to_not_be_null"
_MIN_ROWS = 30
_MIN_SHARE = 0.1  # of filled cells; below it, a column says little by being empty
_SLACK = 2.0  # rows of a day resemble one another, so the bound for independent rows is too narrow


def suggest(schema: Schema, column: Column, cells: pl.Series) -> Iterator[Suggestion]:
    """Suggest that a key is never empty, and that another column is filled as often as now, with a margin.

    Args:
        schema: Schema of the dataset.
        column: One of its columns.
        cells: Its cells.
    """
    rows, empty = cells.len(), cells.null_count()
    is_identity = (column.name in schema.key and (column.required or not schema.blank_key)) or column.name == schema.time
    if not empty and is_identity:
        yield hold_step(_NAME, Message.of("suggested_identity", rows=rows), column=column.name)
    elif rows >= _MIN_ROWS and empty <= (1 - _MIN_SHARE) * rows:
        least = least_filled(rows - empty, rows)
        reason = Message.of("suggested_empty", empty=empty, rows=rows) if empty else Message.of("suggested_filled", rows=rows)
        yield flag_step(_NAME, reason, "info" if empty else severity_by(rows), column=column.name, mostly=least)  # empty cells would lower every score


def least_filled(filled: int, rows: int) -> float:
    """Return the least share of filled cells that another day should have.

    Args:
        filled: Number of filled cells in the sample.
        rows: Number of its rows.

    Example:
        >>> least_filled(1000, 1000), least_filled(500, 1000), least_filled(30, 30)
        (0.98, 0.4, 0.8)
    """
    share = filled / rows
    if filled == rows:
        return round(1 - min(0.2, max(0.02, _SLACK * exception_bound(0, rows))), 3)
    error = math.sqrt(share * (1 - share) / rows)
    margin = max(_SLACK * 2 * error, 0.4 * share * (1 - share), 0.02)
    return round(max(0.01, share - margin), 3)
