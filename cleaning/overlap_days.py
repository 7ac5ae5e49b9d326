"""Compare a file whose rows have dates alone, or times of intervals such as hours, with each earlier file of the same days."""

from __future__ import annotations

import polars as pl

from cleaning.equal_rows import declared_in, pair_equal
from cleaning.key_matches import PAIRS
from sluice.domain import OTHER, ROW, Batch, Schema, Tally
from sluice.ports import Snapshot
from sluice.rules.overlaps import CommonDays, OverlapAnswer, overlap_of_days
from sluice.rules.revisions import batches_of

_DAY, _FILE, _COMMON, _TIME = "_day", "_file", "_common", "_time"


def overlap_by_days(batch: Batch, schema: Schema, snapshot: Snapshot, earlier: pl.DataFrame, clock: str) -> tuple[OverlapAnswer, pl.DataFrame, int]:
    """Return whether a file overlaps earlier ones by the days of its rows, the pairs of equal rows, and their number.

    An earlier file counts where nearly all its rows of the common days are in this one. The first day of a file may be cut (an export of the last seven
    days at noon), and so may the last day of the earlier one, which then has fewer rows.

    Args:
        batch: The batch.
        schema: Schema of the dataset.
        snapshot: Everything that was published before.
        earlier: Rows that were published or held, of the days of the batch and of those beside them.
        clock: Column with the day or time.
    """
    day = pl.col(clock).cast(pl.Date).alias(_DAY)
    time = (pl.lit(None) if earlier.schema[clock] == pl.Date else pl.col(clock).dt.time()).alias(_TIME)
    ours = batch.rows.with_columns(day, time)
    theirs = earlier.with_columns(day, time, batches_of(earlier[ROW]).alias(_FILE))
    pairs = pair_equal(ours, theirs, schema, snapshot, per=_FILE)
    days = batch.part.total("rows by day", Tally(ours.group_by(_DAY).agg(pl.len().cast(pl.Int64)), (_DAY,))).counts.drop_nulls(_DAY)
    common = _common_days(batch, pairs, theirs, days)
    files = _overlapping_files(common)
    first = common if files.is_empty() else common.filter(pl.col(_FILE).is_in(files.implode()))
    different = ours.join(pairs.join(_of(theirs, first), on=OTHER, how="semi"), on=ROW, how="semi").select(declared_in(ours, schema)).unique().height
    alone = batch.part.total("different rows that repeat", different)
    counts = CommonDays(int(first["expected"].sum()), int(first[_COMMON].sum()), alone, _elsewhere(batch, ours, theirs, schema, clock))
    answer = overlap_of_days(counts)
    batch.part.confirm("overlaps by days", (answer, sorted(files)))
    if answer != "overlaps":
        return answer, PAIRS.to_frame(), counts.common
    return answer, pair_equal(ours, theirs.filter(pl.col(_FILE).is_in(files.implode())), schema, snapshot), counts.common


def _common_days(batch: Batch, pairs: pl.DataFrame, theirs: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """Return for each earlier file and common day how many of its rows are expected in the batch, and how many it has."""
    placed = pairs.join(theirs.select(pl.col(ROW).alias(OTHER), _FILE, _DAY), on=OTHER, how="left").group_by(_FILE, _DAY).agg(pl.len().cast(pl.Int64))
    common = batch.part.total("rows in common by file", Tally(placed, (_FILE, _DAY))).counts.rename({"len": _COMMON})
    rows = theirs.group_by(_FILE, _DAY).agg(pl.len().cast(pl.Int64).alias("rows")).join(days, on=_DAY, how="inner")
    both = rows.join(common, on=[_FILE, _DAY], how="left").with_columns(pl.col(_COMMON).fill_null(0))
    least = days[_DAY].min()
    cut = pl.col(_DAY) == least  # an export of the last days may begin within a day
    return both.with_columns(pl.when(cut).then(pl.min_horizontal("rows", "len")).otherwise("rows").alias("expected"))


def _overlapping_files(common: pl.DataFrame) -> pl.Series:
    """Return the earlier files of which at least half the expected rows come again."""
    files = common.group_by(_FILE).agg(pl.col("expected").sum(), pl.col(_COMMON).sum())
    return files.filter(2 * pl.col(_COMMON) >= pl.col("expected"))[_FILE].sort()


def _of(theirs: pl.DataFrame, common: pl.DataFrame) -> pl.DataFrame:
    return theirs.filter(pl.col(_FILE).is_in(common[_FILE].unique().implode())).select(pl.col(ROW).alias(OTHER))


def _elsewhere(batch: Batch, ours: pl.DataFrame, theirs: pl.DataFrame, schema: Schema, clock: str) -> float | None:
    """Return how often a row equals one of the same time of another day of the other side, the greater share of both; None where there is no other day."""
    names = [*(name for name in declared_in(ours, schema) if name != clock and name in theirs.columns), _TIME]
    rows, others = (frame.select(*names, _DAY).drop_nulls(_DAY).unique() for frame in (ours, theirs))
    by_cells = rows.group_by(names).len().join(others.group_by(names).len(), on=names, how="inner", nulls_equal=True)
    same_day = rows.join(others, on=[*names, _DAY], how="semi", nulls_equal=True).height
    equal = int((by_cells["len"].cast(pl.Int64) * by_cells["len_right"]).sum()) - same_day
    days = batch.part.total("days", Tally(ours.select(_DAY).drop_nulls().unique(), (_DAY,))).counts[_DAY]
    tried = rows.select(pl.lit(others[_DAY].n_unique()) - pl.col(_DAY).is_in(others[_DAY].implode()).cast(pl.Int64)).sum().item() if rows.height else 0
    back = others.select(pl.lit(days.len()) - pl.col(_DAY).is_in(days.implode()).cast(pl.Int64)).sum().item() if others.height else 0
    equal, tried = batch.part.total("rows of other days", (equal, int(tried or 0)))
    shares = [equal / number for number in (tried, int(back or 0)) if number]
    return max(shares) if shares else None
