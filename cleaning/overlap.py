"""Pair the rows of a file without a key with those of earlier files that it overlaps: rolling exports, files sent again shorter or packed anew."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import polars as pl

from cleaning.arrived_before import ArrivedBefore, Ends
from cleaning.equal_rows import declared_in, pair_equal
from cleaning.key_matches import PAIRS
from cleaning.overlap_changes import changed_rows
from cleaning.overlap_days import overlap_by_days
from cleaning.overlap_places import overlap_by_places
from sluice.domain import OTHER, ROW, Batch, Greatest, Least, Message, Schema, Tally, Verdict
from sluice.ports import Snapshot
from sluice.rules.overlaps import TIMES_OF_DAY, CommonTimes, OverlapAnswer, clock_column, overlap_of_times

UNDECIDED = "deduplicate:overlap"  # says that rows equal published ones, and that it is not sure whether these are the same
_INTERVAL, _ON_INTERVALS = 5, 0.95  # nearly all times are whole five minutes: those of intervals, which files of two shops have in common
_KINDS, _SECONDS, _MINUTES = 4096, 3600, 60  # hashes of rows; times in an hour
_BESIDE = timedelta(days=7)  # rows of so many days beside the batch show how often rows of two days are equal by chance


@dataclass(frozen=True, slots=True, eq=False)
class Overlap:
    """Hold what a file without a key has in common with earlier ones.

    Attributes:
        answer: Whether it overlaps them.
        copies: Its rows that are published already, each with the published one (schema PAIRS).
        changed: Its rows in whose place an earlier file has another one, each with that one (schema PAIRS).
        common: Number of rows in common, where the answer is not sure.
    """

    answer: OverlapAnswer = "differs"
    copies: pl.DataFrame = field(default_factory=PAIRS.to_frame)
    changed: pl.DataFrame = field(default_factory=PAIRS.to_frame)
    common: int = 0


def find_overlap(batch: Batch, schema: Schema, snapshot: Snapshot) -> Overlap:
    """Return which rows of a batch without a key are published already, and which replace a published one.

    Two equal events may both have happened, so that rows are compared as two files are: the n-th of several equal rows with the n-th of the earlier
    ones, as these are or as they arrived; held rows count as earlier ones. Files whose rows have times of day overlap where half the rows of the batch
    in the time of the earlier ones are among these, with ten different times of day or more, five times as many as the batch has rows twice, and more
    than rows of another source would be by chance: two tills that write a row each minute have equal ones.
    Files with dates alone, or times of intervals such as hours, overlap where nearly all rows of the common days come again, and are seldom equal to rows
    of other days (`cleaning/overlap_days.py`); without dates, where a file goes on from the middle of an earlier one (`cleaning/overlap_places.py`).

    Args:
        batch: The batch; its rows come from a whole file.
        schema: Schema of the dataset.
        snapshot: Everything that was published before.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> from sluice.domain import Column
        >>> from sluice.testing import MemorySnapshot, make_batch, make_rows
        >>> schema = Schema("views", "append", (), (Column("item"), Column("ts", "timestamp")), "ts")
        >>> times = [datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=minute) for minute in range(12)]
        >>> published = make_rows(schema, {"item": ["mug"] * 11, "ts": times[:11]}, batch_id="day1")
        >>> batch = make_batch(schema, {"item": ["mug"] * 11, "ts": times[1:]}, batch_id="day2")
        >>> find_overlap(batch, schema, MemorySnapshot({"views": published})).copies.rows()[:2]
        [('day2.0', 'day1.1'), ('day2.1', 'day1.2')]
    """
    clock, published = clock_column(schema), snapshot.published(schema.dataset)
    if not batch.whole or ROW not in published.collect_schema().names():
        return Overlap()
    if clock is None:
        answer, pairs, changed, common = overlap_by_places(batch, schema, snapshot)
        return Overlap(answer, _published(pairs, published), _published(changed, published), common)
    stored, period = ArrivedBefore(schema, snapshot, clock), _period(batch, clock)
    ends = None if period is None else stored.ends(period)
    if period is None or ends is None:
        return Overlap()
    timed = _has_times(batch, schema, clock) and not _has_intervals(batch, clock)
    earlier = stored.at_times_of(batch.rows, ends) if timed else _beside(stored, period, clock)
    answer, pairs, common = _by_times(batch, schema, snapshot, earlier, ends) if timed else overlap_by_days(batch, schema, snapshot, earlier, clock)
    batch.part.confirm("overlaps", answer)
    if answer != "overlaps":
        return Overlap(answer, common=common)
    changed = changed_rows(batch, pairs, stored.between(ends) if timed else earlier, clock)
    return Overlap(answer, _published(pairs, published), _published(changed, published), common)


def told_overlap(overlap: Overlap) -> list[Verdict]:
    """Return a finding where it is not sure whether a file overlaps earlier ones; it holds no row.

    Args:
        overlap: What the file has in common with them.
    """
    if overlap.answer != "undecided":
        return []
    observed = Message.of("overlap_undecided", rows=overlap.common)
    return [Verdict(UNDECIDED, "cleaner", "uniqueness", "info", "flag", "failed", failed=1, message=Message.of("overlap_is_sure"), observed=observed)]


def _by_times(batch: Batch, schema: Schema, snapshot: Snapshot, earlier: pl.DataFrame, ends: Ends) -> tuple[OverlapAnswer, pl.DataFrame, int]:
    """Return whether files with times of day overlap, the pairs of equal rows, and their number."""
    clock = clock_column(schema) or ""
    inside = batch.rows.filter(pl.col(clock).is_between(*ends))
    pairs = pair_equal(inside, earlier, schema, snapshot)
    twice = inside.height - inside.select(declared_in(inside, schema)).unique().height
    common, twice, height = batch.part.total("rows that repeat", (pairs.height, twice, inside.height))
    times = inside.join(pairs, on=ROW, how="semi").select(pl.col(clock).dt.time()).unique().head(TIMES_OF_DAY)
    different = batch.part.total("times of day that repeat", Tally(times, (clock,))).counts.height
    return overlap_of_times(CommonTimes(height, common, twice, different, _chance(batch, inside, schema, clock))), pairs, common


def _chance(batch: Batch, inside: pl.DataFrame, schema: Schema, clock: str) -> float:
    """Return the share of rows that one of another source would equal by chance: how densely times lie in their hours, times how alike the rows are.

    Rows are counted by a hash of their other cells, so that parts add up in little memory.
    """
    names = [name for name in declared_in(inside, schema) if name != clock]
    alike = pl.struct(names).hash(0) % _KINDS if names else pl.lit(0, dtype=pl.UInt64)
    kinds = batch.part.total("kinds of rows", Tally(inside.group_by(alike.alias("kind")).agg(pl.len().cast(pl.Int64)), ("kind",))).counts["len"]
    hours = batch.part.total("hours", Tally(inside.select(pl.col(clock).dt.truncate("1h")).unique(), (clock,))).counts.height
    fine = int((inside[clock].dt.truncate("1m") != inside[clock]).sum())
    height, fine = batch.part.total("rows off the minute", (inside.height, fine))
    slots = hours * (_SECONDS if fine > (1 - _ON_INTERVALS) * height else _MINUTES)
    return min(1.0, height / slots) * sum((count / height) ** 2 for count in kinds) if slots else 0.0


def _period(batch: Batch, clock: str) -> Ends | None:
    """Return the first and the last time of a whole batch; None where it has none."""
    if clock not in batch.rows.columns:
        return None
    times = batch.rows[clock]
    first, last = batch.part.total("first and last time", (Least(times.min()), Greatest(times.max())))
    batch.part.confirm("first and last time", (first.value, last.value))
    return None if first.value is None else (first.value, last.value)


def _has_times(batch: Batch, schema: Schema, clock: str) -> bool:
    """Return True where rows have times of day, ten different ones or more."""
    if schema.dtypes[clock] == pl.Date:
        return False
    times = batch.rows.select(pl.col(clock).dt.time()).drop_nulls().unique().head(TIMES_OF_DAY)
    timed = batch.part.total("times of day", Tally(times, (clock,))).counts.height >= TIMES_OF_DAY
    batch.part.confirm("times of day", timed)
    return timed


def _has_intervals(batch: Batch, clock: str) -> bool:
    """Return True where nearly all times are whole five minutes, as in figures by the hour: that such times are equal says nothing."""
    times = batch.rows[clock].drop_nulls()
    whole, rows = batch.part.total("times of intervals", (int((times.dt.truncate(f"{_INTERVAL}m") == times).sum()), times.len()))
    batch.part.confirm("times of intervals", whole >= _ON_INTERVALS * rows)
    return bool(whole >= _ON_INTERVALS * rows)


def _beside(stored: ArrivedBefore, period: Ends, clock: str) -> pl.DataFrame:
    """Return the earlier rows of a period and of the days beside it; what the first and last day have outside of the period is not expected again."""
    rows, (first, last) = stored.between((period[0] - _BESIDE, period[1] + _BESIDE)), period
    day = pl.col(clock).cast(pl.Date)
    edge = (day == pl.lit(first).cast(pl.Date)) | (day == pl.lit(last).cast(pl.Date))
    return rows.filter(pl.col(clock).is_between(first, last) | edge.not_())


def _published(pairs: pl.DataFrame, published: pl.LazyFrame) -> pl.DataFrame:
    """Return the pairs whose earlier row is published: one that is held is no original."""
    if pairs.is_empty():
        return pairs
    ids = published.select(pl.col(ROW).alias(OTHER)).join(pairs.lazy().select(OTHER), on=OTHER, how="semi").collect()
    return pairs.join(ids, on=OTHER, how="semi", maintain_order="left")
