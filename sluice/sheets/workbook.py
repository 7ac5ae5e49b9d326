"""Write a sheet of held rows as a spreadsheet: cells to blame are red, those for right values yellow, and all text stays text."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from sluice.domain import Message
from sluice.domain.exact import MAX_WHOLE
from sluice.errors import UsageError
from sluice.messages import make_error, missing_extra, render
from sluice.sheets.held import HeldSheet, SheetColumn

if TYPE_CHECKING:
    import xlsxwriter

MAX_ROWS = 2**20 - 1  # of a sheet, below its header
_MAX_TEXT = 32_767  # characters of a cell
_MIN_WIDTH, _MAX_WIDTH, _LOOKED_AT = 9, 48, 200  # widths in characters, by the first rows
_DATE, _TIME, _TEXT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "@"
_FORMATS: Mapping[str, str] = {"string": _TEXT, "integer": "0", "date": _DATE, "timestamp": _TIME}  # of right values, so that 007 stays 007
_BLAMED: Mapping[str, object] = {"bg_color": "#FFC7CE", "font_color": "#9C0006"}
_RIGHT: Mapping[str, object] = {"bg_color": "#FFF2CC"}
_QUOTED: Mapping[str, object] = {"num_format": _TEXT, "quote_prefix": True}  # text stays text, also once a person has edited it
_HEADER: Mapping[str, object] = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}


def to_workbook(sheet: HeldSheet, *, guide: bool = True) -> bytes:
    """Return a sheet as a spreadsheet (XLSX).

    Args:
        sheet: The sheet.
        guide: Whether a second sheet says how to fill it in.

    Raises:
        UsageError: It has more rows than a spreadsheet can have.
        MissingExtra: The extra `excel` is not installed.
    """
    if sheet.height > MAX_ROWS:
        raise make_error(UsageError, "sheet_too_long", rows=sheet.height, limit=MAX_ROWS)
    file = io.BytesIO()
    with _workbook(file) as book:
        _write_rows(book, sheet)
        if guide:
            _write_help(book, sheet)
    return file.getvalue()


def _workbook(file: io.BytesIO) -> xlsxwriter.Workbook:
    try:
        import xlsxwriter
    except ModuleNotFoundError as error:
        raise (missing_extra(error) or error) from None
    return xlsxwriter.Workbook(file, {"constant_memory": True, "in_memory": True})


def _write_rows(book: xlsxwriter.Workbook, sheet: HeldSheet) -> None:
    page = book.add_worksheet(render(Message.of("sheet_name"), sheet.language))
    page.freeze_panes(1, 1)
    page.autofilter(0, 0, sheet.height, len(sheet.columns) - 1)
    for index, column in enumerate(sheet.columns):
        page.set_column(index, index, _width(column), book.add_format({"num_format": _number_format(column)}))
        page.write_string(0, index, column.header, book.add_format({**_HEADER, **(_RIGHT if column.is_right else {})}))
    writers = [_writer(book, column) for column in sheet.columns]
    for number, row in enumerate(zip(*map(_cells, sheet.columns), strict=True), start=1):
        for index, (write, cell) in enumerate(zip(writers, row, strict=True)):
            write(page, number, index, *cell)


def _write_help(book: xlsxwriter.Workbook, sheet: HeldSheet) -> None:
    page, language = book.add_worksheet(render(Message.of("sheet_help"), sheet.language)), sheet.language
    empty, other = render(Message.of("sheet_empty"), language), render(Message.of("sheet_right", column="…"), language)
    lines = (
        Message.of("sheet_help_fill", empty=empty),
        Message.of("sheet_help_other", header=other),
        Message.of("sheet_help_rows", header=sheet.columns[0].header),
        Message.of("sheet_help_import", dataset=sheet.dataset),
    )
    page.set_column(0, 0, 120)
    for number, line in enumerate(lines):
        page.write_string(number, 0, render(line, language))


def _cells(column: SheetColumn) -> Iterator[tuple[Any, bool]]:
    """Yield each cell with whether a reason blames it."""
    values: Sequence[Any] = column.values.to_list()
    if isinstance(column.values.dtype, pl.Datetime):
        values = column.values.dt.replace_time_zone(None).to_list()
    if column.unread is not None:
        values = [value if text is None else text for value, text in zip(values, column.unread.to_list(), strict=True)]
    blamed = column.blamed.to_list() if column.blamed is not None else [False] * len(values)
    return zip(values, blamed, strict=True)


def _writer(book: xlsxwriter.Workbook, column: SheetColumn) -> Callable[..., None]:
    """Return what writes a cell of a column into a page."""
    number_format, colour = {"num_format": _number_format(column)}, _RIGHT if column.is_right else _BLAMED
    unmarked, marked = book.add_format(number_format), book.add_format({**number_format, **colour})
    text, marked_text = book.add_format(_QUOTED), book.add_format({**_QUOTED, **colour})

    def write(page: Any, row: int, index: int, value: object, blamed: bool) -> None:  # noqa: ANN401, FBT001  # of a package without types; as `_cells` yields it
        form = marked if blamed else unmarked
        if value is None:
            if blamed:
                page.write_blank(row, index, None, form)
        elif isinstance(value, bool):
            page.write_boolean(row, index, value, form)
        elif isinstance(value, int | float) and math.isfinite(value) and abs(value) <= MAX_WHOLE:
            page.write_number(row, index, value, form)
        elif isinstance(value, date | datetime) and value.year >= 1900:
            page.write_datetime(row, index, value, form)
        else:
            page.write_string(row, index, _shortened(str(value)), marked_text if blamed else text)

    return write


def _shortened(text: str) -> str:
    return text if len(text) <= _MAX_TEXT else f"{text[: _MAX_TEXT - 1]}…"


def _number_format(column: SheetColumn) -> str:
    if column.is_right and column.column is not None:
        return _FORMATS.get(column.column.type, "General")
    if column.values.dtype == pl.Date:
        return _DATE
    return _TIME if isinstance(column.values.dtype, pl.Datetime) else _TEXT if column.values.dtype == pl.String else "General"


def _width(column: SheetColumn) -> int:
    lengths = column.text.head(_LOOKED_AT).str.len_chars()
    longest = lengths.max() if lengths.len() else None
    return min(max(_MIN_WIDTH, len(column.header) // 2, longest + 2 if isinstance(longest, int) else 0), _MAX_WIDTH)
