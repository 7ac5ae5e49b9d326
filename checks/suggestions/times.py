"""Suggest limits of times, and the order of two times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import polars as pl

from checks.suggestions import Suggestion, flag_step, hold_step, severity_by
from checks.suggestions.nulls import least_filled
from sluice.config.duration import write_duration
from sluice.domain import Column, Message, Schema
from sluice.rules.naming.column_names import words

_PAST = frozenset(["created", "updated", "ordered", "placed", "paid", "received", "sent", "modified", "registered"])
_MIN_ROWS = 30
_TOLERANCE = timedelta(days=1)
_MIN_SHARE = 0.95
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # of rows of shops; counts of seconds that are read as milliseconds lie in January 1970
_MAX_EARLIER = 0.01  # share of the cells


def suggest(schema: Schema, column: Column, cells: pl.Series, moment: datetime | None) -> Iterator[Suggestion]:
    """Suggest that a time is not in the future, and that the time of the events is recent.

    Args:
        schema: Schema of the dataset.
        column: Date or timestamp column.
        cells: Some of its cells.
        moment: End of the period of the rows: a column that has later times holds limits or plans, and is not limited. None: unknown.
    """
    yield from _suggest_earliest(column, cells)
    name = "expect_column_values_to_not_be_in_future"
    if moment is not None and _has_later(cells, moment + _TOLERANCE):
        return
    if column.name == schema.time and schema.mode == "append":
        yield hold_step(name, Message.of("suggested_not_in_future"), column=column.name, tolerance=write_duration(_TOLERANCE))
    elif set(words(column.name)) & _PAST or column.name == schema.time:
        yield flag_step(name, Message.of("suggested_past"), column=column.name, tolerance=write_duration(_TOLERANCE))
    if column.name == schema.time:
        age = write_duration(2 * (schema.every or timedelta(days=1)))
        yield flag_step("expect_batch_to_be_fresh", Message.of("suggested_fresh"), column=column.name, max_age=age)


def _suggest_earliest(column: Column, cells: pl.Series) -> Iterator[Suggestion]:
    """Suggest that no time is before those of rows where a few counts since 1970 are, since they are of another unit."""
    earlier = int((cells.cast(pl.Datetime("us", "UTC")) < _EARLIEST).sum()) if (column.format or "").startswith("epoch") else 0
    if 0 < earlier <= _MAX_EARLIER * cells.len():
        reason = Message.of("suggested_earliest", earlier=earlier, rows=cells.len())
        yield flag_step("expect_column_values_to_be_between", reason, severity_by(cells.len()), column=column.name, min_value=f"{_EARLIEST:%Y-%m-%d}")


def _has_later(cells: pl.Series, moment: datetime) -> bool:
    return bool((cells.cast(pl.Datetime("us", "UTC")) > moment).any())


def suggest_order(present: Sequence[Column], rows: pl.DataFrame) -> Iterator[Suggestion]:
    """Suggest the order of two times that is the same in nearly all rows, such as sent and received.

    Args:
        present: Columns of the rows.
        rows: Some rows of the dataset.
    """
    times = [column.name for column in present if column.type == "timestamp"]
    for late in times:
        for early in times:
            both = rows.filter(pl.col(late).is_not_null() & pl.col(early).is_not_null())
            if late == early or both.height < _MIN_ROWS:
                continue
            ordered = int(both.select((pl.col(late) >= pl.col(early)).sum()).item())
            if ordered >= _MIN_SHARE * both.height and both.select((pl.col(late) != pl.col(early)).any()).item():
                yield flag_step(
                    "expect_column_pair_values_a_to_be_greater_than_b",
                    Message.of("suggested_order", ordered=ordered, rows=both.height),
                    column_A=late,
                    column_B=early,
                    or_equal=True,
                    ignore_row_if="either_value_is_missing",
                    mostly=least_filled(ordered, both.height),
                )
