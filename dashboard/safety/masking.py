"""Mask personal columns wherever rows are drawn or exported."""

from __future__ import annotations

import polars as pl

from sluice.domain import MASK, RAW, RAW_TYPE, REASON_TYPE, REASONS, Message, Schema
from sluice.messages import mask_message, mask_reasons


def mask(rows: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    """Replace every filled cell of a personal column, in the declared columns and in the unread cells of `_raw`."""
    personal = [column.name for column in schema.columns if column.personal]
    hidden = [pl.when(pl.col(name).is_not_null()).then(pl.lit(MASK)).alias(name) for name in personal if name in rows.columns]
    if personal and rows.schema.get(RAW) == RAW_TYPE:
        hidden.append(_mask_raw(personal))
    if personal and rows.schema.get(REASONS) == REASON_TYPE:
        reasons = [mask_reasons(row, frozenset(personal), frozenset(schema.names), MASK) for row in rows[REASONS].to_list()]
        rows = rows.with_columns(pl.Series(REASONS, reasons, dtype=REASON_TYPE))
    return rows.with_columns(hidden)


def mask_flags(flags: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    """Mask the cells of flagged rows, and the expected value where it is of a personal column."""
    personal = pl.col("_columns").list.first().is_in([column.name for column in schema.columns if column.personal])
    hidden = pl.when(personal & pl.col("_expected").is_not_null()).then(pl.lit(MASK)).otherwise(pl.col("_expected"))
    names, private = frozenset(schema.names), frozenset(column.name for column in schema.columns if column.personal)
    messages = [
        mask_message(Message.loads(message or ""), names, MASK).dumps() if private & set(columns or ()) else message
        for columns, message in flags.select("_columns", "_message").iter_rows()
    ]
    return mask(flags, schema).with_columns(hidden.alias("_expected"), pl.Series("_message", messages, dtype=pl.String))


def _mask_raw(personal: list[str]) -> pl.Expr:
    cell = pl.element().struct
    text = pl.when(cell.field("column").is_in(personal)).then(pl.lit(MASK)).otherwise(cell.field("text"))
    return pl.col(RAW).list.eval(pl.struct(cell.field("column").alias("column"), text.alias("text")))
