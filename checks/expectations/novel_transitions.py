"""Implement expect_proportion_of_novel_transitions_to_be_between."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from checks.expectations.base import NotEvaluated, Result, select_published
from checks.expectations.event_log import EventLog
from sluice.domain import Batch, Message
from sluice.ports import Snapshot


@dataclass(frozen=True)
class NovelTransitions(EventLog):
    """Limit the proportion of transitions from one item to another that were never published before: wrong ids and crawlers raise it.

    Attributes:
        schema: Schema of the dataset.
        user: Column that identifies the user.
        item: Column that identifies the item.
        time: Column with the time of the event.
        max_value: Largest proportion that passes (0 to 1).
        min_value: Smallest proportion that passes (0 to 1).
        min_batches: Fewest published batches; with fewer, almost every transition is new, and the expectation is skipped.

    Example:
        >>> from datetime import timedelta
        >>> from sluice.domain import Column, Run, Schema
        >>> from sluice.testing import AT, MemorySnapshot, make_batch, make_rows
        >>> schema = Schema("events", columns=(Column("user"), Column("item"), Column("ts", "timestamp")))
        >>> day = lambda days: {"user": ["u"] * 3, "item": ["a", "b", "c"], "ts": [AT + timedelta(days=days, minutes=n) for n in range(3)]}
        >>> snapshot = MemorySnapshot({"events": make_rows(schema, day(-2))}, [Run("r", "events", "ingest", 1, AT, "published")])
        >>> expectation = NovelTransitions(schema, "user", "item", "ts", max_value=0.5, min_batches=1)
        >>> expectation.evaluate(make_batch(schema, day(-1)), snapshot).success
        True
    """

    min_batches: int = 7

    @property
    def message(self) -> Message:
        """Return what is expected of the batch."""
        return Message.of("novel_between", low=self.min_value, high=self.max_value, item=self.item)

    def evaluate(self, batch: Batch, snapshot: Snapshot) -> Result:
        """Compare with the published transitions within the window of the dataset."""
        batches = sum(run.kind == "ingest" and run.id != batch.id for run in snapshot.runs(self.schema.dataset))
        published = select_published(snapshot.published(self.schema.dataset), self.user, self.item, self.time)
        if published is None or batches < self.min_batches:
            return NotEvaluated("skipped", Message.of("waits_for_batches", batches=max(self.min_batches - batches, 1)))
        recent = published.filter(pl.col(self.time).is_between(batch.at - self.schema.window, batch.at))
        familiar = self._moves(recent).unique(["before", "item"])
        moves = self._moves(self.events(batch)).collect()
        novel = moves.lazy().join(familiar, on=["before", "item"], how="anti").select(pl.len()).collect().item()
        return self.transition_result(batch, novel, moves.height)

    def _moves(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        return self.transitions(rows).filter(pl.col("before") != pl.col("item"))
