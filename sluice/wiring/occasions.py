"""Judge with the shop's calendar: on its days, a judge reports on volume and prices and holds nothing for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import polars as pl

from sluice.domain import Batch, Tally, Verdict
from sluice.ports import Earlier, Judge, Needs, RepeatJudge, Snapshot, needs_of
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

    @property
    def needs(self) -> Needs:
        """Return what the judge needs."""
        return needs_of(self.judge_of_batch)

    def judge(self, batch: Batch, snapshot: Snapshot) -> Sequence[Verdict]:
        """Return the verdicts, softened where the batch belongs to an occasion."""
        return soften(self.judge_of_batch.judge(batch, snapshot), self._occasion(batch))

    def judge_again(self, batch: Batch, snapshot: Snapshot, earlier: Earlier) -> Sequence[Verdict]:
        """Return the same verdicts as `judge`, computed of what repairs and holds can have changed."""
        judge = self.judge_of_batch
        verdicts = judge.judge_again(batch, snapshot, earlier) if isinstance(judge, RepeatJudge) else judge.judge(batch, snapshot)
        return soften(verdicts, self._occasion(batch))

    def _occasion(self, batch: Batch) -> Occasion | None:
        occasion = occasion_on(self._days(batch), self.occasions)
        batch.part.confirm("occasion", occasion)
        return occasion

    def _days(self, batch: Batch) -> Iterator[date]:
        """Yield the day that ends with the batch's time, and the day of its events."""
        is_dated = batch.at.astimezone(UTC).time() == time.min  # by the name of its file, which is of a day of the shop
        yield (batch.at - timedelta(microseconds=1)).astimezone(UTC if is_dated else self.zone).date()
        if self.time is not None and self.time in batch.rows.columns and batch.rows.schema[self.time].is_temporal():
            middle = median_time(batch, batch.rows[self.time].cast(pl.Datetime("us", "UTC")))
            yield from () if middle is None else (middle.astimezone(self.zone).date(),)


def median_time(batch: Batch, times: pl.Series) -> datetime | None:
    """Return the median of the times of a whole batch; None where there are none.

    They are counted by minute first; then only those of the minutes in the middle are.

    Args:
        batch: The batch.
        times: Times of its rows.
    """
    minutes = times.dt.truncate("1m")
    by_minute = _count(batch, "minutes", minutes)
    first, last = _middle(by_minute, int(by_minute["count"].sum()))
    batch.part.confirm("minutes in the middle", (first, last))  # which times are counted next
    if first is None:
        return None
    before = int(by_minute.filter(pl.col("value") < first)["count"].sum())
    in_the_middle = _count(batch, "times in the middle", times.filter(minutes.is_in([first, last]).fill_null(value=False)))
    middle = _middle(in_the_middle, int(by_minute["count"].sum()), before)
    return cast("datetime | None", pl.Series(middle, dtype=times.dtype).median())


def _count(batch: Batch, name: str, times: pl.Series) -> pl.DataFrame:
    counts = times.rename("value").drop_nulls().to_frame().group_by("value").agg(pl.len().cast(pl.Int64).alias("count"))
    return batch.part.total(name, Tally(counts, ("value",))).counts.sort("value")


def _middle(counts: pl.DataFrame, rows: int, before: int = 0) -> tuple[datetime | None, datetime | None]:
    """Return the values of the one or two rows in the middle of all, given how many come before the counted ones."""
    ends = counts["count"].cum_sum() + before
    places = [int((ends <= place).sum()) for place in ((rows - 1) // 2, rows // 2)]
    return (counts["value"][places[0]], counts["value"][places[1]]) if rows else (None, None)
