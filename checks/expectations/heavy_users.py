"""expect_proportion_of_heavy_user_events_to_be_between."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from checks.expectations.base import Found
from checks.expectations.event_log import EventLog
from sluice.domain import Batch
from sluice.ports import Snapshot


@dataclass(frozen=True)
class HeavyUserEvents(EventLog):
    """The share of events by users who have more in one batch than people have: crawlers and click farms raise it.

    Attributes:
        max_events_per_user: The most events of one user that are still a person's.
    """

    max_events_per_user: int = 100

    @property
    def message(self) -> str:
        """What is expected, in words."""
        return f"{self.limits} of the events are by users with more than {self.max_events_per_user:,} of them"

    def find(self, batch: Batch, snapshot: Snapshot) -> Found:
        """The past is not asked."""
        _ = snapshot
        lengths = batch.rows.lazy().drop_nulls(self.user).group_by(self.user).len()
        counts = lengths.select(pl.col("len").filter(pl.col("len") > self.max_events_per_user).sum().alias("long"), pl.col("len").sum().alias("all"))
        long, count = counts.collect().row(0)
        return self.table(long, count, "events")
