"""Mask personal columns wherever rows are shown or exported."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from sluice.domain import MASK, RAW, RAW_TYPE, REASON_TYPE, REASONS, Schema
from sluice.messages import mask_reasons


def mask_rows(rows: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    """Replace every filled cell of a personal column, in the declared columns, in the unread cells of `_raw`, and in reasons.

    Args:
        rows: Rows of a table.
        schema: Schema of their dataset.

    Example:
        >>> from sluice.domain import Column
        >>> rows = pl.DataFrame({"user": ["u1", None], "price": [2.5, 3.0]})
        >>> mask_rows(rows, Schema("orders", columns=(Column("user", personal=True), Column("price", "number"))))["user"].to_list()
        ['•••', None]
    """
    personal = [column.name for column in schema.columns if column.personal]
    hidden = [pl.when(pl.col(name).is_not_null()).then(pl.lit(MASK)).alias(name) for name in personal if name in rows.columns]
    if personal and rows.schema.get(RAW) == RAW_TYPE:
        hidden.append(_mask_raw(personal))
    if personal and rows.schema.get(REASONS) == REASON_TYPE:
        reasons = [mask_reasons(row, frozenset(personal), frozenset(schema.names), MASK) for row in rows[REASONS].to_list()]
        rows = rows.with_columns(pl.Series(REASONS, reasons, dtype=REASON_TYPE))
    return rows.with_columns(hidden)


def unmasked(schema: Schema) -> Schema:
    """Return a schema of which no column is masked, for who may see personal ones."""
    return replace(schema, columns=tuple(replace(column, personal=False) for column in schema.columns))


def _mask_raw(personal: list[str]) -> pl.Expr:
    cell = pl.element().struct
    text = pl.when(cell.field("column").is_in(personal)).then(pl.lit(MASK)).otherwise(cell.field("text"))
    return pl.col(RAW).list.eval(pl.struct(cell.field("column").alias("column"), text.alias("text")))
