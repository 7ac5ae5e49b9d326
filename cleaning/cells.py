"""Compare rows cell by cell, by their values and, where a cell was repaired or did not cast, by the text that arrived."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from cleaning.repair import unparsed_cells
from sluice.domain import RAW, ROW, repair_step

_PUBLISHED = "_published"


def equal_rows(arrived: pl.DataFrame, published: pl.DataFrame, names: Sequence[str]) -> pl.Series:
    """Return True for each row that holds the same values as the published row beside it, and no text that did not cast.

    Args:
        arrived: Rows with `_raw`.
        published: As many rows, in the same order.
        names: Columns to compare.
    """
    both = pl.concat([arrived.select(*names, RAW), published.select(pl.col(*names, RAW).name.suffix(_PUBLISHED))], how="horizontal")
    same = (pl.col(name).eq_missing(pl.col(f"{name}{_PUBLISHED}")) for name in names)
    return both.select(pl.all_horizontal(*same, pl.col(RAW, f"{RAW}{_PUBLISHED}").is_null()).alias("equal")).to_series()


def equal_texts(arrived: pl.DataFrame, published: pl.DataFrame, repairs: pl.DataFrame, names: Sequence[str]) -> pl.Series:
    """Return True for each row whose cells hold what the published row beside it holds, or held before it was repaired.

    Args:
        arrived: Rows with `_raw`.
        published: As many rows, in the same order.
        repairs: Applied repairs of the published rows (schema REPAIRS).
        names: Columns to compare.
    """
    ours, theirs = as_text(arrived, names), as_text(published, names)
    equal = pl.Series("equal", [True]).new_from_index(0, arrived.height)
    firsts = repairs.with_columns(repair_step()).sort("step").unique([ROW, "column"], keep="first")
    for name in names:
        same = ours[name].eq_missing(theirs[name])
        olds = firsts.filter(pl.col("column") == name).select(ROW, "old", pl.lit(value=True).alias("_repaired"))
        if not olds.is_empty():
            before = theirs.select(ROW).join(olds, on=ROW, how="left", maintain_order="left")
            same = same | (ours[name].eq_missing(before["old"]) & before["_repaired"].fill_null(value=False))
        equal = equal & same
    return equal


def as_arrived(rows: pl.DataFrame, repairs: pl.DataFrame | None, names: Sequence[str]) -> pl.DataFrame:
    """Return the cells as text as they arrived, before they were repaired: `_row_id` and the columns.

    Args:
        rows: Rows with `_raw`.
        repairs: Applied repairs of these rows (schema REPAIRS); None where nothing was ever repaired.
        names: Columns to return.
    """
    texts = as_text(rows, names)
    if repairs is None or repairs.is_empty():
        return texts
    firsts = repairs.with_columns(repair_step()).sort("step").unique([ROW, "column"], keep="first")
    for name in set(firsts["column"].unique()) & set(names):
        olds = firsts.filter(pl.col("column") == name).select(ROW, "old", pl.lit(value=True).alias("_repaired"))
        before = pl.when(pl.col("_repaired").fill_null(value=False)).then("old").otherwise(name).alias(name)
        texts = texts.join(olds, on=ROW, how="left", maintain_order="left").with_columns(before).drop("old", "_repaired")
    return texts


def as_text(rows: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Return the cells as text, those that did not cast as they arrived: `_row_id` and the columns.

    Args:
        rows: Rows with `_raw`.
        names: Columns to return.
    """
    texts = rows.select(ROW, *(pl.col(name).cast(pl.String) for name in names))
    unparsed = unparsed_cells(rows)
    for name in set(unparsed["column"].unique()) & set(names):
        cells = unparsed.filter(pl.col("column") == name).select(ROW, pl.col("text").alias("_text")).unique(ROW)  # a row may stand beside several others
        texts = texts.join(cells, on=ROW, how="left", maintain_order="left").with_columns(pl.coalesce(name, "_text").alias(name)).drop("_text")
    return texts
