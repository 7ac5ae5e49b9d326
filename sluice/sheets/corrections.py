"""Read the right values that a person wrote into a sheet of held rows; whatever is not taken over is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from sluice.config import Limits, did_you_mean
from sluice.domain import CorrectedCell, LeftOut, Message, Schema
from sluice.errors import UsageError
from sluice.messages import languages, make_error, render
from sluice.sheets.formulas import undefused
from sluice.sheets.headers import column_named, is_right_header, key_of, known_headers, right_header, right_headers, row_header, row_headers
from sluice.sheets.read import SheetText, read_sheet

_CELL = pl.Schema({"line": pl.UInt32(), "row": pl.String(), "column": pl.String(), "text": pl.String()})


@dataclass(frozen=True, slots=True, eq=False)
class SheetCorrections:
    """Hold what a sheet says.

    Attributes:
        cells: The right values.
        left: Rows of the sheet whose right values are not taken over, with the reason.
        notes: What else a person should know: how much was read, and what was not.
        arrived: The cells that the sheet shows, which are not read: `row`, and columns of the dataset under their names.
    """

    cells: tuple[CorrectedCell, ...]
    left: tuple[LeftOut, ...]
    notes: tuple[Message, ...]
    arrived: pl.DataFrame

    @property
    def rows(self) -> tuple[str, ...]:
        """Return the ids of the corrected rows."""
        return tuple(dict.fromkeys(cell.row for cell in self.cells))


def read_corrections(content: bytes, schema: Schema, limits: Limits) -> SheetCorrections:
    r"""Return the right values that a sheet of held rows holds.

    Args:
        content: Content of the file: a spreadsheet, CSV or Parquet.
        schema: Schema of the dataset.
        limits: Largest sizes.

    Raises:
        UsageError: It is no such sheet, a column of right values names no column of the dataset, or no right value is filled in.
        TooLarge: It unpacks to more than may be.
        MissingExtra: It is a spreadsheet, and the extra `excel` is not installed.

    Example:
        >>> from sluice.domain import Column
        >>> sheet = b"Row id,price,right value of price\nb.0,free,2.50\nb.1,-1,\n"
        >>> read = read_corrections(sheet, Schema("items", columns=(Column("price", "number"),)), Limits())
        >>> read.cells
        (CorrectedCell(row='b.0', column='price', text='2.50'),)
    """
    sheet = read_sheet(content, row_headers(schema), limits, row_header(schema, "en"))
    ids = next(cells for name, cells in zip(sheet.headers, sheet.columns, strict=True) if key_of(name) in row_headers(schema))
    rows = ids.str.strip_prefix("#").str.strip_prefix("'")
    lines = pl.int_range(sheet.first, sheet.first + rows.len(), dtype=pl.UInt32, eager=True)
    filled = [_CELL.to_frame()]
    for position, column in _right_columns(sheet, schema).items():
        cells = pl.DataFrame({"line": lines, "row": rows, "text": undefused(sheet.columns[position])}).drop_nulls("text")
        filled.append(cells.select("line", "row", pl.lit(column).alias("column"), "text"))
    cells = pl.concat(filled)
    if cells.is_empty():
        raise make_error(UsageError, "sheet_without_values", header=right_header("…", "en"))
    return _taken_over(cells, _arrived(sheet, rows, schema), _ignored(sheet, schema))


def _arrived(sheet: SheetText, rows: pl.Series, schema: Schema) -> pl.DataFrame:
    """Return the cells of the dataset's own columns, each under its first name."""
    declared = {key_of(name): name for name in schema.names}
    columns = {declared[key_of(header)]: cells for header, cells in zip(sheet.headers, sheet.columns, strict=True) if key_of(header) in declared}
    return pl.DataFrame([rows.alias("row"), *(cells.alias(name) for name, cells in columns.items() if name != "row")])


def _right_columns(sheet: SheetText, schema: Schema) -> Mapping[int, str]:
    """Return the columns of right values by their position, each with the column that it corrects."""
    declared, columns = right_headers(schema), dict[int, str]()
    for position, header in enumerate(sheet.headers):
        column = declared.get(key_of(header))
        if column is None and is_right_header(header) and key_of(header) not in known_headers(schema):
            raise make_error(
                UsageError, "sheet_column_unknown", header=header, dataset=schema.dataset, hint=did_you_mean(column_named(header), list(schema.names))
            )
        if column in columns.values():
            raise make_error(UsageError, "sheet_columns_twice", header=header)
        if column is not None:
            columns[position] = column
    return columns


def _ignored(sheet: SheetText, schema: Schema) -> Iterator[Message]:
    headers = known_headers(schema) | row_headers(schema) | right_headers(schema).keys()
    names = tuple(header for header in sheet.headers if header and key_of(header) not in headers)
    if names:
        yield Message.of("sheet_columns_ignored", columns=names)


def _taken_over(cells: pl.DataFrame, arrived: pl.DataFrame, notes: Iterator[Message]) -> SheetCorrections:
    """Return the right values without those of rows that are named twice with different ones, or not at all."""
    blank = cells.filter(pl.col("row").is_null())
    distinct = cells.drop_nulls("row").unique(["row", "column", "text"], keep="first", maintain_order=True)
    twice = distinct.filter(pl.struct("row", "column").is_duplicated())["row"].unique(maintain_order=True)
    left = []
    if blank.height:
        places = tuple(render(Message.of("sheet_row_number", row=row)) for row in blank["line"].unique().sort())
        left.append(LeftOut(Message.of("sheet_row_blank"), places))
    if twice.len():
        left.append(LeftOut(Message.of("sheet_row_twice"), tuple(twice)))
    taken = distinct.filter(~pl.col("row").is_in(twice.implode())).sort("line", maintain_order=True)
    count, untouched = taken["row"].n_unique(), arrived["row"].drop_nulls().n_unique() - cells["row"].drop_nulls().n_unique()
    read = [Message.of("sheet_rows_read", rows=count, cells=taken.height)]
    read += [Message.of("sheet_rows_blank", rows=untouched)] if untouched else []
    return SheetCorrections(_cells(taken.select("row", "column", "text").rows()), tuple(left), (*read, *notes), arrived)


def _cells(rows: Sequence[tuple[str, str, str]]) -> tuple[CorrectedCell, ...]:
    empty = {key_of(render(Message.of("sheet_empty"), language)) for language in languages()}
    return tuple(CorrectedCell(row, column, None if key_of(text) in empty else text) for row, column, text in rows)
