"""expect_overlong_users_to_be_between."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from checks.expectations.base import Found
from checks.expectations.event_log import EventLog
from sluice.domain import Batch
from sluice.ports import Snapshot


@dataclass(frozen=True)
class OverlongUsers(EventLog):
    """The share of events by users who have more in one batch than people have: crawlers and click farms raise it.

    Attributes:
        length: The most events of one user that are still a person's.
    """

    length: int = 100

    @property
    def message(self) -> str:
        """What is expected, in words."""
        return f"{self.limits} of the events are by users with more than {self.length:,} of them"

    def find(self, batch: Batch, past: Snapshot) -> Found:
        """The past is not asked."""
        _ = past
        lengths = batch.rows.lazy().drop_nulls(self.user).group_by(self.user).len()
        counts = lengths.select(pl.col("len").filter(pl.col("len") > self.length).sum().alias("long"), pl.col("len").sum().alias("all"))
        long, count = counts.collect().row(0)
        return self.table(long, count, "events")
