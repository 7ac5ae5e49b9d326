"""Rows as a CSV file that a spreadsheet opens safely: UTF-8 with its mark, and no cell that it would take for a formula."""

from __future__ import annotations

import polars as pl

BYTE_ORDER_MARK = "\ufeff"
_FORMULA = r"^[\t\r\n ]*[=+\-@＝＋－＠\t\r]"  # noqa: RUF001  # spreadsheets take the full-width signs for formulas too


def to_csv(rows: pl.DataFrame) -> bytes:
    """The rows, text cells that begin like a formula set behind an apostrophe; lists and structs as JSON.

    The rule is OWASP's against CSV injection. Numbers stay as they are, so that -2 is still a number.
    """
    flat = rows.with_columns(_flat(name, dtype) for name, dtype in rows.schema.items())
    defused = flat.rename(_defuse_name).with_columns(_defuse(pl.col(pl.String)))
    return (BYTE_ORDER_MARK + defused.write_csv()).encode()


def _flat(name: str, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.List) and dtype.inner == pl.String:
        return pl.col(name).list.join("; ")
    if dtype.is_nested():
        return pl.struct(name).struct.json_encode()
    return pl.col(name)


def _defuse(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.contains(_FORMULA)).then(pl.concat_str(pl.lit("'"), text)).otherwise(text)


def _defuse_name(name: str) -> str:
    return f"'{name}" if name[:1] in "=+-@\t\r" else name
