"""Read spreadsheets (xlsx, xls, xlsb, ods) as text, by calamine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from sluice.config import Limits, did_you_mean
from sluice.domain import ReadOptions
from sluice.errors import SourceError
from sluice.messages import make_error
from sluice.sheets.spreadsheet import check_unpacked, open_spreadsheet, sheet_text
from sluice.sources.delimited import Cells, finish, parse
from sluice.sources.footer import Record
from sluice.sources.head_row import trimmed
from sluice.sources.loose_csv import LooseCsv


def read(path: Path, options: ReadOptions, limits: Limits, columns: Sequence[str] | None = None) -> Cells:
    """Return the names of all columns of a sheet, the requested ones as text, and the rows of the footer; dates are ISO 8601, whole numbers have no point.

    Raises:
        SourceError: There is no such sheet, or no header.
        TooLarge: It exceeds a limit.
        MissingExtra: The extra `excel` is not installed.
    """
    text = LooseCsv(lambda: iter(()), path.name, ",", options, limits, sheet=True)
    header, rows, footer = text.read_records(iter(sheet_records(path, options.sheet, limits)), columns)
    if not rows:
        return (*finish(header, pl.DataFrame(schema=dict.fromkeys(header, pl.String)), columns), footer)
    return (*finish(header, parse(rows, header, columns, ",", has_header=False), columns), footer)


def sheet_names(path: Path) -> list[str]:
    """Return the names of the sheets of a spreadsheet."""
    return list(open_spreadsheet(path).sheet_names)


def sheet_records(path: Path, sheet: str | None, limits: Limits) -> Iterator[Record]:
    """Yield the rows of a sheet that are not blank, with their numbers: the named sheet, or the first that has cells.

    Raises:
        SourceError: There is no such sheet, or no sheet has cells.
        TooLarge: The file unpacks to more than its limit.
    """
    check_unpacked(path, path.name, limits)
    book = open_spreadsheet(path)
    if sheet is not None and sheet not in book.sheet_names:
        raise make_error(SourceError, "no_such_sheet", file=path.name, sheet=sheet, hint=did_you_mean(sheet, book.sheet_names), sheets=tuple(book.sheet_names))
    for name in [sheet] if sheet is not None else book.sheet_names:
        frame = sheet_text(book, name)
        filled = [column.name for column in frame if column.null_count() < frame.height]
        if filled:
            width = frame.columns.index(filled[-1]) + 1
            frame = frame.select(pl.col(frame.columns[:width]).fill_null(""))
            rows = ((number, list(row)) for number, row in enumerate(frame.iter_rows(), start=1))
            yield from ((number, row) for number, row in rows if trimmed(row))
            return
    raise make_error(SourceError, "sheets_empty", file=path.name)
