"""expect_table_row_count_to_match_weekday."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from checks.expectations.base import Found, Table, Unjudged
from sluice.domain import Batch, Dimension, OnFail, Run, Schema, Severity, counted
from sluice.ports import Snapshot


@dataclass(frozen=True)
class WeekdayRowCount:
    """A batch has about as many rows as the batches of the same weekday in the last weeks had (their median).

    Where too few batches of that weekday are known, all of the last weeks' are taken. A batch that has not scores what it has of the usual.

    Attributes:
        schema: The dataset's.
        tolerance: How far away it may be, as a share of the usual count.
        tolerance_above: The same for more rows than usual, where that has a limit of its own: rows that are lost cost a recommender more.
        weeks: How far back to look.
        min_batches: Fewer batches say nothing: the expectation is skipped.
    """

    dimension: ClassVar[Dimension] = "volume"
    severity: ClassVar[Severity] = "critical"
    on_fail: ClassVar[OnFail] = "flag"
    whole: ClassVar[bool] = True

    schema: Schema
    tolerance: float = 0.5
    tolerance_above: float | None = None
    weeks: int = 4
    min_batches: int = 3

    @property
    def columns(self) -> tuple[str, ...]:
        """It is about rows alone."""
        return ()

    @property
    def message(self) -> str:
        """What is expected, in words."""
        if self.tolerance_above is None:
            return f"the number of rows is within {self.tolerance:.0%} of the usual"
        return f"the number of rows is at most {self.tolerance:.0%} below and {self.tolerance_above:.0%} above the usual"

    def find(self, batch: Batch, snapshot: Snapshot) -> Found:
        """Skipped, saying how many batches it waits for, where there is too little history."""
        recent = self._recent(batch, snapshot.runs(self.schema.dataset))
        same = [run for run in recent if run.at.weekday() == batch.at.weekday()]
        chosen = same if len(same) >= self.min_batches else recent
        if len(chosen) < self.min_batches:
            return Unjudged("skipped", f"waits for {counted(self.min_batches - len(chosen), 'more batch')}")
        usual = statistics.median(run.rows for run in chosen)
        away = batch.rows.height - usual
        success = -away <= self.tolerance * usual and away <= (self.tolerance if self.tolerance_above is None else self.tolerance_above) * usual
        told = f"{batch.rows.height:,} rows; usual: {usual:,.0f} (of {len(chosen)} batches)"
        return Table(success, told, rows=max(round(usual), 1), failed=0 if success else max(round(min(abs(away), usual)), 1))

    def _recent(self, batch: Batch, runs: Sequence[Run]) -> list[Run]:
        since = batch.at - timedelta(weeks=self.weeks)
        return [run for run in runs if run.kind == "ingest" and run.state == "published" and run.id != batch.id and since <= run.at < batch.at]
