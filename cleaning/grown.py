"""Tell the rows of a file that were read before it grew, by their positions."""

from __future__ import annotations

import polars as pl

from cleaning.key_matches import PAIRS
from sluice.domain import OTHER, ROW, STATE, GrownFile, Split


def read_before(rows: pl.DataFrame, grown: GrownFile) -> pl.DataFrame:
    """Return the rows that were read whole before, each with the row that it is (schema PAIRS).

    Args:
        rows: Rows of the file.
        grown: Which rows were read.

    Example:
        >>> from sluice.domain import EarlierRows
        >>> rows = pl.DataFrame({ROW: ["now.0", "now.1", "now.2"]})
        >>> read_before(rows, GrownFile((EarlierRows("day1", 0, 1), EarlierRows("day2", 1, 2)))).rows()
        [('now.0', 'day1.0'), ('now.1', 'day2.1')]
    """
    places = rows.select(ROW, _position().alias("position")).filter(pl.col("position") < grown.rows)
    if places.is_empty():
        return PAIRS.to_frame()
    runs = pl.DataFrame({"run": [run.run for run in grown.runs], "first": [run.first for run in grown.runs]}, schema={"run": pl.String, "first": pl.Int64})
    return places.sort("position").join_asof(runs, left_on="position", right_on="first").select(ROW, pl.format("{}.{}", "run", "position").alias(OTHER))


def replaced_cut(parts: Split, repeats: pl.DataFrame) -> pl.DataFrame:
    """Return the row that was cut when it was read, with the one that stands in its place now: good, bad, or a copy of another one (schema PAIRS).

    Args:
        parts: The good and the bad rows.
        repeats: Rows of the batch that repeat another one (schema REPEATS).
    """
    grown = parts.good.grown
    if grown is None or grown.cut is None:
        return PAIRS.to_frame()
    rows = pl.concat([frame.select(ROW) for frame in (parts.good.rows, parts.bad.rows, repeats.filter(pl.col(STATE) == "copy"))])
    whole = rows.filter(_position() == grown.rows)
    return whole.select(pl.lit(grown.cut).alias(ROW), pl.col(ROW).alias(OTHER))


def _position() -> pl.Expr:
    return pl.col(ROW).str.split(".").list.last().cast(pl.Int64)
