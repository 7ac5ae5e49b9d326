"""Implement expect_proportion_of_heavy_user_events_to_be_between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import polars as pl

from checks.expectations.base import NotEvaluated, Result, TableResult
from checks.expectations.event_log import EventLog
from sluice.domain import Batch, Message, Tally
from sluice.ports import Snapshot

_EVENTS = "_events"


@dataclass(frozen=True)
class HeavyUserEvents(EventLog):
    """Limit the proportion of events by users with more events in one batch than people have: crawlers and click farms raise it.

    Attributes:
        schema: Schema of the dataset.
        user: Column that identifies the user.
        item: Column that identifies the item.
        time: Column with the time of the event.
        max_value: Largest proportion that passes (0 to 1).
        min_value: Smallest proportion that passes (0 to 1).
        max_events_per_user: Largest number of events in a batch that a person has.

    Example:
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import MemorySnapshot, make_batch
        >>> schema = Schema("events", columns=(Column("user"), Column("item"), Column("ts", "timestamp")))
        >>> batch = make_batch(schema, {"user": ["crawler"] * 6 + ["a", "b"]})
        >>> expectation = HeavyUserEvents(schema, "user", "item", "ts", max_value=0.5, max_events_per_user=5)
        >>> expectation.evaluate(batch, MemorySnapshot()).success
        False
    """

    in_parts: ClassVar[bool] = True  # it holds the number of events of each user

    max_events_per_user: int = 100

    @property
    def together(self) -> tuple[str, ...]:
        """Return no column: the events of a user are counted over all parts."""
        return ()

    @property
    def message(self) -> Message:
        """Return what is expected of the batch."""
        return Message.of("heavy_users_between", low=self.min_value, high=self.max_value, events=self.max_events_per_user)

    def evaluate(self, batch: Batch, snapshot: Snapshot) -> Result:
        """Evaluate the batch alone."""
        _ = snapshot
        own = batch.rows.drop_nulls(self.user).group_by(self.user).agg(pl.len().cast(pl.Int64).alias(_EVENTS))
        events = batch.part.total(f"events by {self.user}", Tally(own, (self.user,))).counts[_EVENTS]
        count, total = int(events.filter(events > self.max_events_per_user).sum()), int(events.sum())
        if not total:
            return NotEvaluated("skipped", Message.of("no_rows_evaluated"))
        share = count / total
        return TableResult(self.is_within(share), Message.of("share_of_events", share=share, total=total))
