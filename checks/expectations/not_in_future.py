"""expect_column_values_to_not_be_in_future."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import polars as pl

from checks.expectations.base import Found, Rows, series
from sluice.config import Duration
from sluice.domain import Batch, Dimension, OnFail, Schema, Severity
from sluice.ports import Snapshot


@dataclass(frozen=True)
class NotInFuture:
    """No time in a column is later than the time that the batch is judged at.

    Attributes:
        schema: The dataset's.
        column: A date or timestamp.
        tolerance: How much later it may be: clocks differ.
    """

    dimension: ClassVar[Dimension] = "timeliness"
    severity: ClassVar[Severity] = "critical"
    on_fail: ClassVar[OnFail] = "quarantine"
    whole: ClassVar[bool] = False

    schema: Schema
    column: str
    tolerance: Duration = timedelta(0)

    @property
    def columns(self) -> tuple[str, ...]:
        """The column with the times."""
        return (self.column,)

    @property
    def message(self) -> str:
        """What is expected, in words."""
        return f"{self.column} is not later than its batch"

    def find(self, batch: Batch, snapshot: Snapshot) -> Found:
        """Nulls are not judged."""
        _ = snapshot
        latest = batch.at + self.tolerance
        limit = pl.lit(latest.date()) if batch.rows.schema[self.column] == pl.Date else pl.lit(latest)
        return Rows(series(batch.rows, pl.col(self.column) > limit), series(batch.rows, pl.col(self.column).is_not_null()))
