"""Decide which rules a steward may waive, and restore repaired cells."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from sluice.domain import RAW, RAW_TYPE, ROW, Schema, repair_step

UNWAIVABLE = ("key_unique", "key_present", "deduplicate:key", "expect_column_values_to_be_unique", "expect_compound_columns_to_be_unique")


def waivable(rules: Iterable[str]) -> list[str]:
    """Return the rules that a steward may waive: all but the uniqueness of a key.

    Example:
        >>> waivable(["key_unique", "expect_column_values_to_be_between:price"])
        ['expect_column_values_to_be_between:price']
    """
    return [rule for rule in rules if not rule.startswith(UNWAIVABLE)]


def revert(rows: pl.DataFrame, repairs: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    """Restore the old values of repaired cells.

    Args:
        rows: Rows with `_row_id` and the declared columns.
        repairs: Repairs of schema REPAIRS; of several on one cell the first one's old value counts.
        schema: Types of the columns; an old text that does not cast goes into `_raw`, as when it arrived.
    """
    firsts = repairs.with_columns(repair_step()).sort("step", maintain_order=True).unique([ROW, "column"], keep="first", maintain_order=True)
    for name in schema.names:
        olds = firsts.filter(pl.col("column") == name).select(ROW, pl.col("old").alias("_old"), pl.lit(value=True).alias("_undo"))
        if olds.is_empty():
            continue
        typed = from_text(pl.col("_old"), schema.dtypes[name])
        cell = pl.concat_list(pl.struct(pl.lit(name).alias("column"), pl.col("_old").alias("text"))).cast(RAW_TYPE)
        uncast = pl.concat_list(pl.col(RAW).fill_null(pl.lit([], dtype=RAW_TYPE)), cell)  # beside the cells of other columns
        raw = pl.when(pl.col("_undo").is_not_null() & pl.col("_old").is_not_null() & typed.is_null()).then(uncast).otherwise(pl.col(RAW))
        rows = (
            rows.join(olds, on=ROW, how="left", maintain_order="left")
            .with_columns(pl.when(pl.col("_undo")).then(typed).otherwise(pl.col(name)).alias(name), raw.alias(RAW))
            .drop("_old", "_undo")
        )
    return rows


def from_text(text: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return the value that `cast(pl.String)` wrote as text; null where it is not of the type."""
    if dtype == pl.Boolean:
        return text.replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)
    if dtype == pl.Date:
        return text.str.to_date("%Y-%m-%d", strict=False)
    if isinstance(dtype, pl.Datetime):
        return text.str.to_datetime("%Y-%m-%d %H:%M:%S%.f%:z", time_unit="us", time_zone="UTC", strict=False)
    if dtype == pl.Float64:
        number = text.cast(dtype, strict=False)
        return pl.when(number.is_finite()).then(number)  # "NaN" is a text that did not cast
    return text.cast(dtype, strict=False)
