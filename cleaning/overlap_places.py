"""Compare a file whose rows have neither times nor dates with earlier ones, by the places of equal rows."""

from __future__ import annotations

import polars as pl

from cleaning.equal_rows import declared_in
from cleaning.key_matches import PAIRS
from cleaning.listed_things import goes_on, lists_things
from sluice.domain import OTHER, RAW, ROW, Batch, Greatest, Schema, Tally
from sluice.ports import Snapshot
from sluice.rules.overlaps import CommonDays, OverlapAnswer, overlap_of_days

_RUNS = 10  # a rolling export overlaps the ones right before it
_IN_ORDER = 0.5  # share of rows of which it is said that they equal any other: nearly all must be equal in their places
_FILE, _PLACE, _NOW, _SHIFT, _COMMON = "_file", "_place", "_now", "_shift", "_common"


def overlap_by_places(batch: Batch, schema: Schema, snapshot: Snapshot) -> tuple[OverlapAnswer, pl.DataFrame, pl.DataFrame, int]:
    """Return whether a file goes on from the middle of earlier ones, the pairs of equal rows, those of changed rows, and the number of equal ones.

    The last rows of the earlier file are the first ones of this one, in their order, or the other way round where the newest rows come first. A file that
    begins with all rows of another one is undecided: the stock of two days may be the same. So is one that lists things, or that moved by a few rows: the
    stock of two shops is nearly equal, in the order of the catalog.

    Args:
        batch: The batch.
        schema: Schema of the dataset.
        snapshot: Everything that was published before.
    """
    names = [name for name in declared_in(batch.rows, schema) if name in snapshot.published(schema.dataset).collect_schema().names()]
    ours, theirs = batch.rows.select(ROW, RAW, *names, _place()), _earlier(schema, snapshot, names)
    last = batch.part.total("last place", Greatest(ours[_PLACE].max())).value
    common = _shifts(batch, ours, theirs, names)
    moved = theirs.join(common, on=_FILE, how="inner").with_columns((pl.col(_PLACE) + pl.col(_SHIFT)).alias(_NOW))
    inside = moved.filter(pl.col(_NOW).is_between(0, -1 if last is None else last))
    expected = inside.filter(pl.len().over(_FILE, *names) == 1).group_by(_FILE, _SHIFT, _COMMON).agg(pl.len().alias("expected")).sort(_FILE)
    different = int(expected[_COMMON].sum())  # of all files: what came new in the one before may be few rows
    tells = not lists_things(_longest(theirs).select(names))
    answers = [(file, _answer(shift, equal, rows, different, tells=tells), equal) for file, shift, equal, rows in expected.iter_rows()]
    files = [file for file, answer, _ in answers if answer == "overlaps"]
    batch.part.confirm("overlaps by places", files)
    if files:
        equal, changed = _side_by_side(ours, inside.filter(pl.col(_FILE).is_in(files)), names)
        return "overlaps", equal, changed, equal.height
    undecided = max((equal for _, answer, equal in answers if answer == "undecided"), default=0)
    return "undecided" if undecided else "differs", PAIRS.to_frame(), PAIRS.to_frame(), undecided


def _answer(shift: int, common: int, expected: int, different: int, *, tells: bool) -> OverlapAnswer:
    """Say whether files overlap of which so many rows, each once in its file, are as many places apart.

    Where the order of rows tells something, and the file moved by more than a few of them, nearly all are equal by no chance.
    """
    return overlap_of_days(CommonDays(expected, common, different, _IN_ORDER if tells and goes_on(abs(shift), expected) else None))


def _longest(earlier: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the earlier file with the most rows, in their order: of others, only what was new may be there."""
    sizes = earlier.group_by(_FILE).len().sort("len", _FILE, descending=[True, False])
    return earlier.filter(pl.col(_FILE).is_in(sizes[_FILE].head(1).implode())).sort(_PLACE)


def _shifts(batch: Batch, ours: pl.DataFrame, theirs: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Return for each earlier file by how many places most of the rows moved that are in both, and their number; rows that a file has twice count not."""
    single = ours.filter(pl.len().over(names) == 1).select(*names, pl.col(_PLACE).alias(_NOW))
    both = theirs.filter(pl.len().over(_FILE, *names) == 1).join(single, on=names, how="inner", nulls_equal=True)
    shifts = both.group_by(_FILE, (pl.col(_NOW) - pl.col(_PLACE)).alias(_SHIFT)).agg(pl.len().cast(pl.Int64).alias(_COMMON))
    counts = batch.part.total("shifts", Tally(shifts, (_FILE, _SHIFT))).counts
    return counts.sort([_COMMON, _SHIFT], descending=True).unique(_FILE, keep="first", maintain_order=True)


def _side_by_side(ours: pl.DataFrame, theirs: pl.DataFrame, names: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows that equal an earlier one in their place, and the others that have one there (schema PAIRS)."""
    both = ours.join(theirs.rename({ROW: OTHER}), left_on=_PLACE, right_on=_NOW, how="inner", suffix="_earlier")
    same = pl.all_horizontal(*(pl.col(name).eq_missing(pl.col(f"{name}_earlier")) for name in names), pl.col(RAW).is_null())
    marked = both.with_columns(same.alias("same")).sort(ROW, pl.col("same").not_(), OTHER).unique(ROW, keep="first", maintain_order=True)
    return marked.filter("same").select(ROW, OTHER), marked.filter(~pl.col("same")).select(ROW, OTHER)


def _earlier(schema: Schema, snapshot: Snapshot, names: list[str]) -> pl.DataFrame:
    """Return the rows that the newest files brought, published or held, with their file and place."""
    published, held = snapshot.published(schema.dataset), snapshot.quarantine(schema.dataset)
    newest = [run.id for run in snapshot.runs(schema.dataset) if run.kind == "ingest"][-_RUNS:]
    frames = [frame.select(ROW, *names) for frame in (published, held) if {ROW, *names} <= {*frame.collect_schema().names()}]
    rows = pl.concat(frames, how="vertical_relaxed").unique(ROW, keep="first").with_columns(_place(), pl.col(ROW).str.replace(r"\.\d+$", "").alias(_FILE))
    return rows.filter(pl.col(_FILE).is_in(newest)).collect()


def _place() -> pl.Expr:
    return pl.col(ROW).str.split(".").list.last().cast(pl.Int64).alias(_PLACE)
