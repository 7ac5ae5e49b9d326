"""Implement expect_proportion_of_consecutive_repeats_to_be_between."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from checks.expectations.base import Result
from checks.expectations.event_log import EventLog
from sluice.domain import Batch, Message
from sluice.ports import Snapshot


@dataclass(frozen=True)
class ConsecutiveRepeats(EventLog):
    """Limit the proportion of transitions of a user that stay on the same item: duplicated events raise it.

    Attributes:
        schema: Schema of the dataset.
        user: Column that identifies the user.
        item: Column that identifies the item.
        time: Column with the time of the event.
        max_value: Largest proportion that passes (0 to 1).
        min_value: Smallest proportion that passes (0 to 1).

    Example:
        >>> from datetime import timedelta
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import AT, MemorySnapshot, make_batch
        >>> schema = Schema("events", columns=(Column("user"), Column("item"), Column("ts", "timestamp")))
        >>> times = [AT + timedelta(minutes=minute) for minute in range(4)]
        >>> batch = make_batch(schema, {"user": ["u"] * 4, "item": ["a", "a", "b", "c"], "ts": times})
        >>> ConsecutiveRepeats(schema, "user", "item", "ts", max_value=0.5).evaluate(batch, MemorySnapshot()).success
        True
    """

    @property
    def message(self) -> Message:
        """Return what is expected of the batch."""
        return Message.of("repeats_between", low=self.min_value, high=self.max_value, item=self.item)

    def evaluate(self, batch: Batch, snapshot: Snapshot) -> Result:
        """Evaluate the batch alone."""
        _ = snapshot
        transitions = self.transitions(self.events(batch)).drop_nulls()
        repeats, total = transitions.select((pl.col("before") == pl.col("item")).sum(), pl.len().alias("total")).collect().row(0)
        return self.transition_result(batch, repeats, total)
