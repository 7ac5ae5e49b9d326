"""Judge with the shop's calendar: on its days, a judge reports on volume and prices and holds nothing for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from sluice.domain import Batch, Verdict
from sluice.ports import Judge, Snapshot
from sluice.rules import Occasion, occasion_on, soften


@dataclass(frozen=True)
class CalendarJudge:
    """Soften the verdicts of a judge on the days of the calendar.

    Attributes:
        judge_of_batch: Judge whose verdicts are softened.
        occasions: Calendar of the shop.
        time: Column with the time of a row's event; its median dates a batch too, as a file of a day may land on the next.
        zone: Time zone of the calendar's days.
    """

    judge_of_batch: Judge
    occasions: Sequence[Occasion]
    time: str | None
    zone: ZoneInfo

    def judge(self, batch: Batch, snapshot: Snapshot) -> Sequence[Verdict]:
        """Return the verdicts, softened where the batch belongs to an occasion."""
        return soften(self.judge_of_batch.judge(batch, snapshot), occasion_on(self._days(batch), self.occasions))

    def _days(self, batch: Batch) -> Iterator[date]:
        """Yield the day that ends with the batch's time, and the day of its events."""
        is_dated = batch.at.astimezone(UTC).time() == time.min  # by the name of its file, which is of a day of the shop
        yield (batch.at - timedelta(microseconds=1)).astimezone(UTC if is_dated else self.zone).date()
        if self.time is not None and self.time in batch.rows.columns and batch.rows.schema[self.time].is_temporal():
            middle = batch.rows.select(pl.col(self.time).cast(pl.Datetime("us", "UTC")).median()).item()
            if isinstance(middle, datetime):
                yield middle.astimezone(self.zone).date()
