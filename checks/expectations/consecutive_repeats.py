"""expect_proportion_of_consecutive_repeats_to_be_between."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from checks.expectations.base import Found
from checks.expectations.event_log import EventLog
from sluice.domain import Batch
from sluice.ports import Snapshot


@dataclass(frozen=True)
class ConsecutiveRepeats(EventLog):
    """The share of steps from one event of a user to the next that stay on the same item: duplicated events raise it."""

    @property
    def message(self) -> str:
        """What is expected, in words."""
        return f"{self.limits} of a user's steps stay on the same {self.item}"

    def find(self, batch: Batch, snapshot: Snapshot) -> Found:
        """The past is not asked."""
        _ = snapshot
        steps = self.steps(batch.rows.lazy()).drop_nulls()
        same, count = steps.select((pl.col("before") == pl.col("item")).sum(), pl.len().alias("count")).collect().row(0)
        return self.table(same, count, "steps")
