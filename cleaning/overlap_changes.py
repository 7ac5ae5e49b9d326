"""Find the rows of an overlapping file that stand in the place of a published one: the source exports a period anew, with other cells in some rows."""

from __future__ import annotations

import polars as pl

from cleaning.key_matches import PAIRS
from sluice.domain import OTHER, ROW, Batch, Greatest, Least, Rows
from sluice.rules.revisions import batches_of

_MAX_PAIRS = 1_000_000  # rows of one time are compared with each other; of more, none is
_EQUAL, _FILLED, _OURS = "_equal", "_filled", "_ours"


def changed_rows(batch: Batch, pairs: pl.DataFrame, earlier: pl.DataFrame, clock: str) -> pl.DataFrame:
    """Return the rows in whose place the overlapping files have another one, each with that one (schema PAIRS).

    Both are of one time, or of one day where rows have dates alone, and equal in at least half of the other cells, two of them filled; neither is as
    much like any other row. The earlier row lies within the period that the file exports anew, which has it no longer.

    Args:
        batch: The batch, which overlaps earlier files.
        pairs: Its rows that equal an earlier one (schema PAIRS).
        earlier: Rows that were published or held.
        clock: Column with the time or day.
    """
    part, rows = batch.part, batch.rows
    same = part.total("rows of overlapping files", Rows(pairs.select(OTHER))).frame
    files = batches_of(same[OTHER]).unique()
    first, last = part.total("ends of the overlap", (Least(rows[clock].min()), Greatest(rows[clock].max())))
    names = [name for name in rows.columns if not name.startswith("_") and name in earlier.columns and name != clock]
    within = pl.col(clock).is_between(first.value, last.value, closed="right" if earlier.schema[clock] == pl.Date else "both")
    of_files = earlier.filter(batches_of(earlier[ROW]).is_in(files.implode()) & within)
    theirs = of_files.join(same, left_on=ROW, right_on=OTHER, how="anti").select(ROW, clock, *names)
    unequal = rows.join(pairs, on=ROW, how="anti").join(theirs, on=clock, how="semi").select(ROW, clock, *names)
    left = part.total("rows that may have changed", Rows(unequal)).frame
    chosen = _likest(left, theirs, clock, names)
    part.confirm("changed rows", sorted(chosen.rows()))
    return chosen.join(rows, on=ROW, how="semi", maintain_order="left")


def _likest(rows: pl.DataFrame, others: pl.DataFrame, clock: str, names: list[str]) -> pl.DataFrame:
    """Pair the rows of one time that are more alike than either is to any other."""
    sizes = rows.group_by(clock).len().join(others.group_by(clock).len(), on=clock)
    if sizes.is_empty() or (sizes["len"] * sizes["len_right"]).sum() > _MAX_PAIRS:
        return PAIRS.to_frame()
    both = rows.join(others.rename({ROW: OTHER}), on=clock, how="inner", suffix=_OURS)
    same = [pl.col(name).eq_missing(pl.col(f"{name}{_OURS}")) for name in names]
    filled = [pl.col(name) == pl.col(f"{name}{_OURS}") for name in names]
    counted = both.select(ROW, OTHER, pl.sum_horizontal(same).alias(_EQUAL), pl.sum_horizontal(filled).alias(_FILLED))
    best = pl.all_horizontal((pl.col(_EQUAL) == pl.col(_EQUAL).max().over(name)) for name in (ROW, OTHER))
    alike = counted.filter(best & (2 * pl.col(_EQUAL) >= len(names)) & (pl.col(_FILLED) >= min(2, len(names))))
    alone = pl.all_horizontal((pl.len().over(name) == 1) for name in (ROW, OTHER))
    return alike.filter(alone).select(ROW, OTHER).sort(ROW)
