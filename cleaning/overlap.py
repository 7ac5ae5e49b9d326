"""Pair the rows of a file without a key with those of earlier files that it overlaps: rolling exports, files sent again shorter or packed anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from cleaning.cells import as_arrived, as_text
from cleaning.key_matches import PAIRS
from sluice.domain import OTHER, RAW, ROW, Batch, Greatest, Least, Schema, Tally
from sluice.ports import Snapshot

_TIMES = 10  # so many different times of day are not the same in two files by chance
_RARELY = 5  # two files have rows in common by chance about as often as one file has a row twice
_OCCURRENCE = "_occurrence"


def overlapping_rows(batch: Batch, schema: Schema, snapshot: Snapshot) -> pl.DataFrame:
    """Return the rows of a batch without a key that are published already, each with the published one (schema PAIRS).

    Two equal events may both have happened, so that rows are compared as two files are: the n-th of several equal rows with the n-th of the published
    ones, as these are or as they arrived. The files overlap where half the rows of the batch in the time of the published ones are among these, with
    ten different times of day or more, and five times as many as the batch has rows twice. Otherwise no row counts as published.

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
        >>> overlapping_rows(batch, schema, MemorySnapshot({"views": published})).rows()[:2]
        [('day2.0', 'day1.1'), ('day2.1', 'day1.2')]
    """
    time, rows = schema.time, batch.rows
    published = _published(batch, schema, snapshot)
    if time is None or published is None:
        return PAIRS.to_frame()
    inside = rows.filter(pl.col(time).is_between(*_ends(published, time)))
    pairs = pair_equal(inside, _at_times(published, inside, time), schema, snapshot)
    names = _names(inside, schema)
    twice = inside.height - inside.select(names).unique().height
    matched, twice, height = batch.part.total("rows that repeat", (pairs.height, twice, inside.height))
    times = inside.join(pairs, on=ROW, how="semi").select(pl.col(time).dt.time()).unique().head(_TIMES)
    different = batch.part.total("times of day that repeat", Tally(times, (time,))).counts.height
    batch.part.confirm("overlaps", overlaps := different >= _TIMES and 2 * matched >= height and matched >= _RARELY * twice)
    return pairs if overlaps else PAIRS.to_frame()


def pair_equal(rows: pl.DataFrame, others: pl.DataFrame, schema: Schema, snapshot: Snapshot) -> pl.DataFrame:
    """Return the rows that equal another one in every cell, as it is or as it arrived, each with one of its own (schema PAIRS).

    Args:
        rows: Rows with `_raw`.
        others: Rows that came before, with `_raw`.
        schema: Schema of the dataset.
        snapshot: Everything that was published before, the repairs among it.
    """
    names = _names(rows, schema)
    missing = [pl.lit(None, dtype=rows.schema[name]).alias(name) for name in names if name not in others.columns]
    others = others.with_columns(missing).sort(ROW)
    ours, theirs = (frame.filter(pl.col(RAW).is_null()).select(ROW, *names) for frame in (rows, others))
    equal = _pair(ours, theirs, names)
    left, rest = rows.join(equal, on=ROW, how="anti", maintain_order="left"), others.join(equal, left_on=ROW, right_on=OTHER, how="anti", maintain_order="left")
    if left.is_empty() or rest.is_empty():
        return equal
    repairs = snapshot.repairs(schema.dataset)
    applied = repairs.filter("applied").join(rest.lazy().select(ROW), on=ROW, how="semi").collect() if repairs.collect_schema() else None
    return pl.concat([equal, _pair(as_text(left, names), as_arrived(rest, applied, names), names)])


def _pair(rows: pl.DataFrame, others: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Pair the n-th of several equal rows with the n-th of the others that equal them."""
    ours, theirs = (frame.with_columns(pl.int_range(pl.len()).over(names).alias(_OCCURRENCE)) for frame in (rows, others.rename({ROW: OTHER})))
    return ours.join(theirs, on=[*names, _OCCURRENCE], how="inner", nulls_equal=True, maintain_order="left").select(ROW, OTHER)


def _published(batch: Batch, schema: Schema, snapshot: Snapshot) -> pl.LazyFrame | None:
    """Return the published rows from the first to the last time of the batch; None where there are none."""
    published, time = snapshot.published(schema.dataset), schema.time
    if not batch.whole or time not in batch.rows.columns or not {ROW, time} <= {*published.collect_schema().names()}:
        return None
    times = batch.rows[time]
    first, last = batch.part.total("first and last time", (Least(times.min()), Greatest(times.max())))
    batch.part.confirm("first and last time", (first.value, last.value))
    between = published.filter(pl.col(time).is_between(first.value, last.value)) if first.value is not None else published.head(0)
    return None if between.select(time).head(1).collect().is_empty() else between


def _ends(published: pl.LazyFrame, time: str) -> tuple[datetime, datetime]:
    first, last = published.select(pl.col(time).min().alias("first"), pl.col(time).max().alias("last")).collect().row(0)
    return first, last


def _at_times(published: pl.LazyFrame, rows: pl.DataFrame, time: str) -> pl.DataFrame:
    """Return the published rows that have a time of one of some rows.

    The times alone are read of all published rows: one event of a wrong day in the batch makes these reach far back.
    """
    times = published.select(time).join(rows.lazy().select(time), on=time, how="semi").unique().collect()
    near = pl.col(time).is_between(times[time].min(), times[time].max())
    return published.filter(near).join(times.lazy(), on=time, how="semi").collect()


def _names(rows: pl.DataFrame, schema: Schema) -> list[str]:
    return [name for name in schema.names if name in rows.columns]
