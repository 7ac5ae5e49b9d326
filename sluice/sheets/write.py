"""Write a sheet of held rows as a spreadsheet, a CSV file or a Parquet file."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Literal, TypeAlias

import polars as pl

from sluice.sheets.formulas import defused, defused_name
from sluice.sheets.held import HeldSheet, SheetColumn
from sluice.sheets.workbook import to_workbook

SheetFormat: TypeAlias = Literal["xlsx", "csv", "parquet"]
ENDINGS: Mapping[str, SheetFormat] = {".xlsx": "xlsx", ".csv": "csv", ".parquet": "parquet"}
BYTE_ORDER_MARK = "\ufeff"  # without it, a spreadsheet reads UTF-8 as another encoding
_NUMERIC = r"^[+-]?[\d.]+(?:[eE][+-]?[\d.]+)?$"  # a row id that a spreadsheet would take for a number, and write as another one


def available_formats() -> tuple[SheetFormat, ...]:
    """Return the formats that can be written here, the handiest first: a spreadsheet needs the extra `excel`."""
    return ("xlsx", "csv", "parquet") if find_spec("xlsxwriter") else ("csv", "parquet")


def write_sheet(sheet: HeldSheet, form: SheetFormat) -> bytes:
    """Return a sheet as the content of a file; no text of it becomes a formula.

    Args:
        sheet: The sheet.
        form: Format of the file.

    Raises:
        UsageError: It has more rows than a spreadsheet can have.
        MissingExtra: The extra `excel` is not installed.
    """
    writers: Mapping[SheetFormat, Callable[[HeldSheet], bytes]] = {"xlsx": to_workbook, "csv": _to_csv, "parquet": _to_parquet}
    return writers[form](sheet)


def _to_csv(sheet: HeldSheet) -> bytes:
    columns = [_row_ids(sheet.columns[0]), *map(_harmless, sheet.columns[1:])]
    return (BYTE_ORDER_MARK + pl.DataFrame(columns).write_csv()).encode()


def _row_ids(column: SheetColumn) -> pl.Series:
    ids = column.text.to_frame("id")
    marked = pl.when(pl.col("id").str.contains(_NUMERIC)).then("#" + pl.col("id")).otherwise("id")
    return ids.select(marked).to_series().alias(column.header)


def _harmless(column: SheetColumn) -> pl.Series:
    """Return a column as text; numbers stay as they are, so that -2 is still a number."""
    name = defused_name(column.header)
    if column.values.dtype.is_numeric():
        typed = SheetColumn(column.header, column.values).text
        return (typed if column.unread is None else defused(column.unread).fill_null(typed)).alias(name)
    return defused(column.text).alias(name)


def _to_parquet(sheet: HeldSheet) -> bytes:
    file = io.BytesIO()
    pl.DataFrame([column.text for column in sheet.columns]).write_parquet(file)
    return file.getvalue()
