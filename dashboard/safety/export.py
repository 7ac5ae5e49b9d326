"""Write rows as a CSV file that a spreadsheet opens safely: UTF-8 with its byte order mark, and no cell that reads as a formula."""

from __future__ import annotations

import polars as pl

BYTE_ORDER_MARK = "\ufeff"
_FORMULA = r"^[\t\r\n ]*[=+\-@＝＋－＠\t\r]"  # noqa: RUF001  # spreadsheets take the full-width signs for formulas too


def to_csv(rows: pl.DataFrame) -> bytes:
    """Return rows as CSV; text cells that begin like a formula get an apostrophe, lists and structs become JSON.

    The rule is OWASP's against CSV injection. Numbers stay as they are, so that -2 is still a number.
    """
    flat = rows.with_columns(_flatten(name, dtype) for name, dtype in rows.schema.items())
    return (BYTE_ORDER_MARK + defuse(flat).write_csv()).encode()


def defuse(rows: pl.DataFrame) -> pl.DataFrame:
    """Put an apostrophe before every text and every column name that a spreadsheet would take for a formula."""
    texts = [pl.col(name) for name, dtype in rows.schema.items() if dtype == pl.String]
    quoted = [pl.when(text.str.contains(_FORMULA)).then("'" + text).otherwise(text).name.keep() for text in texts]
    return rows.with_columns(quoted).rename(lambda name: f"'{name}" if name[:1] in "=+-@\t\r" else name)


def _flatten(name: str, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.List) and dtype.inner == pl.String:
        return pl.col(name).list.join("; ")
    if dtype.is_nested():
        return pl.struct(name).struct.json_encode()
    return pl.col(name)
