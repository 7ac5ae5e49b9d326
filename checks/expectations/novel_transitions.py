"""expect_proportion_of_novel_transitions_to_be_between."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from checks.expectations.base import Found, Unjudged, history
from checks.expectations.event_log import EventLog
from sluice.domain import Batch, counted
from sluice.ports import Snapshot


@dataclass(frozen=True)
class NovelTransitions(EventLog):
    """The share of steps from one item to another that nobody took before: wrong ids and crawlers raise it.

    Attributes:
        min_batches: While fewer are published almost every step is new: the expectation is skipped.
    """

    min_batches: int = 7

    @property
    def message(self) -> str:
        """What is expected, in words."""
        return f"{self.limits} of the steps between two of {self.item} are new"

    def find(self, batch: Batch, snapshot: Snapshot) -> Found:
        """Compares with all that is published within the dataset's window."""
        batches = sum(run.kind == "ingest" and run.id != batch.id for run in snapshot.runs(self.schema.dataset))
        known = history(snapshot.published(self.schema.dataset), self.user, self.item, self.time)
        if known is None or batches < self.min_batches:
            return Unjudged("skipped", f"waits for {counted(max(self.min_batches - batches, 1), 'more batch')}")
        recent = known.filter(pl.col(self.time).is_between(batch.at - self.schema.window, batch.at))
        taken = self._moves(recent).unique(["before", "item"])
        moves = self._moves(batch.rows.lazy()).collect()
        novel = moves.lazy().join(taken, on=["before", "item"], how="anti").select(pl.len()).collect().item()
        return self.table(novel, moves.height, "steps")

    def _moves(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        return self.steps(rows).filter(pl.col("before") != pl.col("item"))
