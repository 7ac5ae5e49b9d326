"""Implement expect_column_values_to_not_be_in_future."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import polars as pl

from checks.expectations.base import Result, RowResult, boolean_series
from sluice.config import Duration
from sluice.domain import Batch, Dimension, Message, OnFail, Schema, Severity
from sluice.ports import Snapshot


@dataclass(frozen=True)
class NotInFuture:
    """Reject times later than the time that the batch is judged at.

    Attributes:
        schema: Schema of the dataset.
        column: Date or timestamp column.
        tolerance: How much later a time may be, since clocks differ (duration, such as `15m`).

    Example:
        >>> from datetime import timedelta
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import AT, MemorySnapshot, make_batch
        >>> schema = Schema("events", columns=(Column("ts", "timestamp"),))
        >>> batch = make_batch(schema, {"ts": [AT, AT + timedelta(hours=1)]})
        >>> NotInFuture(schema, "ts").evaluate(batch, MemorySnapshot()).failing.to_list()
        [False, True]
    """

    dimension: ClassVar[Dimension] = "timeliness"
    severity: ClassVar[Severity] = "critical"
    on_fail: ClassVar[OnFail] = "quarantine"
    table_level: ClassVar[bool] = False
    in_parts: ClassVar[bool] = True

    schema: Schema
    column: str
    tolerance: Duration = timedelta(0)

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the column with the times."""
        return (self.column,)

    @property
    def message(self) -> Message:
        """Return what is wrong with a failing row."""
        return Message.of("time_in_future", column=self.column)

    def evaluate(self, batch: Batch, snapshot: Snapshot) -> Result:
        """Compare the times with the time of the batch; nulls are not evaluated."""
        _ = snapshot
        latest = batch.at + self.tolerance
        limit = pl.lit(latest.date()) if batch.rows.schema[self.column] == pl.Date else pl.lit(latest)
        return RowResult(boolean_series(batch.rows, pl.col(self.column) > limit), boolean_series(batch.rows, pl.col(self.column).is_not_null()))
