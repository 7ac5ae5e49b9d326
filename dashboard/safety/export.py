"""Write rows as a CSV file that a spreadsheet opens safely: UTF-8 with its byte order mark, and no cell that reads as a formula."""

from __future__ import annotations

import polars as pl

from sluice.sheets.formulas import defused, defused_name

BYTE_ORDER_MARK = "\ufeff"


def to_csv(rows: pl.DataFrame) -> bytes:
    """Return rows as CSV; text cells that begin like a formula get an apostrophe, lists and structs become JSON.

    The rule is OWASP's against CSV injection. Numbers stay as they are, so that -2 is still a number.
    """
    flat = rows.with_columns(_flatten(name, dtype) for name, dtype in rows.schema.items())
    return (BYTE_ORDER_MARK + defuse(flat).write_csv()).encode()


def defuse(rows: pl.DataFrame) -> pl.DataFrame:
    """Put an apostrophe before every text and every column name that a spreadsheet would take for a formula."""
    return pl.DataFrame([(defused(cells) if cells.dtype == pl.String else cells).alias(defused_name(cells.name)) for cells in rows])


def _flatten(name: str, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.List) and dtype.inner == pl.String:
        return pl.col(name).list.join("; ")
    if dtype.is_nested():
        return pl.struct(name).struct.json_encode()
    return pl.col(name)
