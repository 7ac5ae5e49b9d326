"""expect_batch_to_be_fresh."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

from checks.expectations.base import Found, Table
from sluice.config import Duration
from sluice.config.duration import write_duration
from sluice.domain import Batch, Dimension, OnFail, Schema, Severity
from sluice.ports import Snapshot


@dataclass(frozen=True)
class Fresh:
    """The newest time in a column is not much older than the batch.

    Attributes:
        schema: The dataset's.
        column: A date or timestamp.
        max_age: How much older it may be than the time that the batch is judged at.
    """

    dimension: ClassVar[Dimension] = "timeliness"
    severity: ClassVar[Severity] = "critical"
    on_fail: ClassVar[OnFail] = "flag"
    whole: ClassVar[bool] = True

    schema: Schema
    column: str
    max_age: Duration

    @property
    def columns(self) -> tuple[str, ...]:
        """The column with the times."""
        return (self.column,)

    @property
    def message(self) -> str:
        """What is expected, in words."""
        return f"the newest {self.column} is at most {write_duration(self.max_age)} old"

    def find(self, batch: Batch, snapshot: Snapshot) -> Found:
        """A batch without any time is not fresh."""
        _ = snapshot
        newest = batch.rows[self.column].max()
        if not isinstance(newest, date):
            return Table(success=False, observed=f"no row has a {self.column}")
        moment = newest if isinstance(newest, datetime) else datetime(newest.year, newest.month, newest.day, tzinfo=UTC)
        age = batch.at - moment
        return Table(age <= self.max_age, f"the newest is {max(age, timedelta(0)) / timedelta(hours=1):.1f} hours old")
