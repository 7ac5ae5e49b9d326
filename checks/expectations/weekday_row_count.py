"""Implement expect_table_row_count_to_match_weekday."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from checks.expectations.base import NotEvaluated, Result, TableResult
from sluice.domain import Batch, Dimension, Message, OnFail, Run, Schema, Severity
from sluice.ports import Snapshot
from sluice.rules import comparable

_STANDARD_DEVIATIONS = 3.0


@dataclass(frozen=True)
class WeekdayRowCount:
    """Compare the number of rows with the median of the batches of the same weekday, and the same hour where they come more often than daily.

    With too few batches of that weekday, those of workdays or of weekends are taken, then those of all days in the last weeks; with too few
    of that hour, those of the hours before and after it too. The limits are wider where the batches are alike only in part, and where
    their sizes differ. A batch that fails scores the share of the median that it has.

    Attributes:
        schema: Schema of the dataset.
        tolerance: Largest relative difference from the median (0.5 is 50 %).
        tolerance_above: The same for more rows than the median, where that limit differs; missing rows cost a recommender more.
        weeks: How far back batches are taken, in weeks.
        min_batches: Fewest batches to compare with; with fewer the expectation is skipped.

    Example:
        >>> from datetime import timedelta
        >>> from sluice.domain import Column, Run, Schema
        >>> from sluice.testing import AT, MemorySnapshot, make_batch
        >>> schema = Schema("events", columns=(Column("id"),))
        >>> runs = [Run(f"r{n}", "events", "ingest", n, AT - timedelta(weeks=n), "published", rows=100) for n in (1, 2, 3)]
        >>> WeekdayRowCount(schema).evaluate(make_batch(schema, {"id": ["a"] * 40}), MemorySnapshot(records=runs)).success
        False
    """

    dimension: ClassVar[Dimension] = "volume"
    severity: ClassVar[Severity] = "critical"
    on_fail: ClassVar[OnFail] = "flag"
    table_level: ClassVar[bool] = True
    in_parts: ClassVar[bool] = True

    schema: Schema
    tolerance: float = 0.5
    tolerance_above: float | None = None
    weeks: int = 4
    min_batches: int = 3

    @property
    def columns(self) -> tuple[str, ...]:
        """Return no column: the expectation is about the number of rows."""
        return ()

    @property
    def message(self) -> Message:
        """Return what is expected of the batch."""
        if self.tolerance_above is None:
            return Message.of("row_count_near_usual", tolerance=self.tolerance)
        return Message.of("row_count_between_usual", below=self.tolerance, above=self.tolerance_above)

    def evaluate(self, batch: Batch, snapshot: Snapshot) -> Result:
        """Compare the row count; skipped with the number of missing batches where there is too little history."""
        group = comparable(batch.at, self._recent(batch, snapshot.runs(self.schema.dataset)), self.schema.every, self.min_batches)
        sizes = [run.judged for run in group.runs]
        if not sizes:
            return NotEvaluated("skipped", Message.of("waits_for_batches", batches=max(1, self.min_batches - group.most)))
        median, rows = statistics.median(sizes), batch.part.total("rows", batch.rows.height)
        low, high = self._limits(sizes, median, group.exponent)
        difference = rows - median
        success = low <= rows <= high
        observed = Message.of("row_count_and_usual", rows=rows, usual=median, batches=len(sizes))
        return TableResult(success, observed, total=max(round(median), 1), failed=0 if success else max(round(min(abs(difference), median)), 1))

    def _limits(self, sizes: Sequence[int], median: float, exponent: float) -> tuple[float, float]:
        """Return the least and the greatest number of rows that pass."""
        above = self.tolerance if self.tolerance_above is None else self.tolerance_above
        spread = _spread(sizes) if exponent > 1 else 0.0
        low = min(max(0.0, 1 - self.tolerance) ** exponent, math.exp(-_STANDARD_DEVIATIONS * spread))
        return low * median, max((1 + above) ** exponent, math.exp(_STANDARD_DEVIATIONS * spread)) * median

    def _recent(self, batch: Batch, runs: Sequence[Run]) -> list[Run]:
        since = batch.at - timedelta(weeks=self.weeks)
        ingested = [run for run in runs if run.kind == "ingest" and run.state == "published" and run.id != batch.id]
        return [run for run in ingested if since <= run.at < batch.at and 2 * run.judged >= run.rows]  # a file that was sent again is no size to compare with


def _spread(sizes: Sequence[int]) -> float:
    """Return the standard deviation of the logarithms of the sizes, times the factor of a prediction from so few."""
    logs = [math.log(max(size, 1)) for size in sizes]
    return statistics.stdev(logs) * math.sqrt(1 + 1 / len(logs)) if len(logs) > 1 else 0.0
