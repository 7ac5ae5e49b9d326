"""Implement expect_batch_to_be_fresh."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

from checks.expectations.base import NotEvaluated, Result, TableResult
from sluice.config import Duration
from sluice.config.duration import write_duration
from sluice.domain import Batch, Dimension, Greatest, Message, OnFail, Schema, Severity
from sluice.ports import Snapshot


@dataclass(frozen=True)
class Fresh:
    """Limit the age of the newest time in a column, at the time that the batch is judged at.

    Attributes:
        schema: Schema of the dataset.
        column: Date or timestamp column.
        max_age: Largest age of the newest time (duration, such as `1d`).

    Example:
        >>> from datetime import timedelta
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import AT, MemorySnapshot, make_batch
        >>> schema = Schema("events", columns=(Column("ts", "timestamp"),))
        >>> batch = make_batch(schema, {"ts": [AT - timedelta(hours=30), None]})
        >>> Fresh(schema, "ts", max_age=timedelta(days=1)).evaluate(batch, MemorySnapshot()).success
        False
    """

    dimension: ClassVar[Dimension] = "timeliness"
    severity: ClassVar[Severity] = "critical"
    on_fail: ClassVar[OnFail] = "flag"
    table_level: ClassVar[bool] = True
    in_parts: ClassVar[bool] = True

    schema: Schema
    column: str
    max_age: Duration

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the column with the times."""
        return (self.column,)

    @property
    def message(self) -> Message:
        """Return what is expected of the batch."""
        return Message.of("newest_within", column=self.column, age=write_duration(self.max_age))

    def evaluate(self, batch: Batch, snapshot: Snapshot) -> Result:
        """Compare the newest time with the time of the batch; a batch without any time fails, and history may be of any age."""
        _ = snapshot
        if batch.history:
            return NotEvaluated("skipped", Message.of("batch_of_history"))
        newest = batch.part.total(f"newest {self.column}", Greatest(batch.rows[self.column].max())).value
        if not isinstance(newest, date):
            return TableResult(success=False, observed=Message.of("column_without_values", column=self.column))
        moment = newest if isinstance(newest, datetime) else datetime(newest.year, newest.month, newest.day, tzinfo=UTC)
        age = batch.at - moment
        return TableResult(age <= self.max_age, Message.of("newest_hours_old", hours=max(age, timedelta(0)) / timedelta(hours=1)))
