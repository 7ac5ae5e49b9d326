"""Mask personal columns wherever rows are drawn."""

from __future__ import annotations

import polars as pl

from sluice.domain import MASK, Message, Schema
from sluice.messages import mask_message
from sluice.rules.masking import mask_rows as mask

__all__ = ["mask", "mask_flags"]


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
