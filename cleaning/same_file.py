"""Pair the rows of a file that is sent again, byte for byte, by their places."""

from __future__ import annotations

import polars as pl

from cleaning.overlap import Overlap
from sluice.domain import OTHER, ROW, Batch, SameFile, Schema, Tally
from sluice.rules.overlaps import clock_column

_NO_CHANCE = 10  # so many different rows with times are not the same in two files by chance


def same_rows(batch: Batch, schema: Schema) -> Overlap:
    """Return the rows of a file with the bytes of a published one, each with the row in its place.

    Rows without times may have come about anew, and so may a few rows, such as one sale in a file of its own.

    Args:
        batch: The batch.
        schema: Schema of the dataset, which has no key.
    """
    same, rows, clock = batch.same_file, batch.rows, clock_column(schema)
    if same is None or clock not in rows.columns:
        return Overlap()
    names = tuple(name for name in schema.names if name in rows.columns)
    different = batch.part.total("different rows", Tally(rows.select(names).unique().head(_NO_CHANCE), names)).counts
    missing = batch.part.total("rows without time", rows[clock].null_count())
    batch.part.confirm("same file", is_same := not missing and different.height >= _NO_CHANCE)
    return Overlap("overlaps", rows_in_place(rows, same)) if is_same else Overlap()


def rows_in_place(rows: pl.DataFrame, same: SameFile) -> pl.DataFrame:
    """Return each row with the row in its place in a file of the same bytes (schema PAIRS)."""
    return rows.select(ROW, pl.concat_str(pl.lit(f"{same.run}."), pl.col(ROW).str.split(".").list.last()).alias(OTHER))
