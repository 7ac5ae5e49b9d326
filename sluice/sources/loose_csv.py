"""Read CSV text that is not as RFC 4180 has it, cell by cell, as other programs do where that is unambiguous."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from sluice.config import Limits
from sluice.domain import EMPTY, Message, ReadOptions
from sluice.errors import SourceError, TooLarge
from sluice.messages import error_message, make_error, render
from sluice.sources.column_names import tidy_names
from sluice.sources.footer import MAX_FOOTER, Record, without_footer
from sluice.sources.framed_list import SEPARATOR, without_frame
from sluice.sources.head_row import MAX_ROWS_BEFORE, end_of_head, find_head_row
from sluice.sources.template_rows import below_template

MAX_LINE = 2**26  # bytes; longer lines are refused before they fill the memory
_BATCH = 10_000  # records that are written at once


@dataclass(frozen=True, slots=True)
class LooseCsv:
    """Describe a text that can be read all the same.

    A quote inside an unquoted field stands for itself. A quote behind a backslash does, too, where the file can be read in no other way, and so does
    a separator behind a backslash in a record with too many fields, and a line break behind one in a record with too few. Blank fields beyond
    the header's are left out, and so are a few shorter records at its end, where `footer` is declared.

    Attributes:
        chunks: Begins to read the text, as UTF-8.
        name: Name of the file, for errors.
        separator: Character between fields.
        options: What is declared.
        limits: Largest sizes of a cell and so on.
        sheet: Whether its records come from a spreadsheet.
    """

    chunks: Callable[[], Iterator[bytes]]
    name: str
    separator: str
    options: ReadOptions
    limits: Limits
    sheet: bool = False

    def read(self, requested: Sequence[str] | None) -> tuple[list[str], bytes, tuple[int, ...]]:
        """Return the header, the records as CSV with commas, without header, and the lines of those left out as footer.

        Raises:
            SourceError: A record does not fit the header, or a quote cannot be understood; names the line.
            TooLarge: A cell or the number of columns exceeds its limit.
        """
        try:
            return self._read(self._records(self.chunks()), requested)
        except csv.Error as error:
            try:
                return self._read(self._records(_double_escaped_quotes(self.chunks(), self.separator)), requested)
            except (SourceError, csv.Error):
                raise make_error(SourceError, "file_problem", file=self.name, problem=error_message(error)) from None

    def read_records(self, records: Iterator[Record], requested: Sequence[str] | None) -> tuple[list[str], bytes, tuple[int, ...]]:
        """Return the header of records, the records after it as CSV with commas, without header, and the lines of those left out as footer."""
        return self._read(records, requested)

    def _read(self, records: Iterator[Record], requested: Sequence[str] | None) -> tuple[list[str], bytes, tuple[int, ...]]:
        header, rest = self._header(records, requested)
        if len(header) > self.limits.columns:
            raise make_error(TooLarge, "columns_too_many", file=self.name, limit=self.limits.columns)
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        footer: list[int] = []
        rows = without_footer(rest, len(header), footer, sheet=self.sheet) if self.options.footer else rest
        fitting = self._fitting(rows, len(header))
        while batch := list(islice(fitting, _BATCH)):
            writer.writerows(batch)
        return header, text.getvalue().encode(), tuple(footer)

    def _header(self, records: Iterator[Record], requested: Sequence[str] | None) -> tuple[list[str], Iterator[Record]]:
        """Return the cells of the header, and the records after it."""
        if self.options.header == "search":
            records = without_frame(records) if self.separator == SEPARATOR else records
            first = list(islice(records, MAX_ROWS_BEFORE))
            if (rows := below_template(first)) is not None:
                return tidy_names(first[rows[0]][1], requested), chain(first[rows[1] :], records)
            rows_of_cells = [cells for _, cells in first]
            position = find_head_row(rows_of_cells, requested)
            if position is None:
                raise make_error(SourceError, "header_not_there", file=self.name, lines=len(first))
            return tidy_names(first[position][1], requested), chain(first[end_of_head(rows_of_cells, position, self.options.header_rows) :], records)
        first = list(islice(records, 1))
        if not first:
            raise make_error(SourceError, "file_without_records", file=self.name)
        if self.options.header:
            return tidy_names(first[0][1], requested), records
        cells = first[0][1]
        fields = _joined(cells, self.separator) if len(cells) > len(self.options.names) > 0 else cells
        return default_names(self.options.names, len(fields)), chain(first, records)

    def _fitting(self, records: Iterator[Record], width: int) -> Iterator[list[str]]:
        for line, record in _with_escaped_breaks(records, width):
            cells = _joined(record, self.separator) if len(record) > width else record
            if len(cells) != width and (len(cells) < width or any(cells[width:])):
                raise make_error(SourceError, "line_problem", file=self.name, line=line, problem=_complaint(cells, width, self.options))
            yield cells[:width]

    def _records(self, chunks: Iterable[bytes]) -> Iterator[Record]:
        """Yield the records that are not blank: those of separators alone are blank, too.

        Raises:
            csv.Error: A quote is closed inside a field, or never.
        """
        csv.field_size_limit(max(csv.field_size_limit(), self.limits.cell))
        reader = csv.reader(self._lines(chunks), delimiter=self.separator, strict=True)
        line = 1
        while True:
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise _QuoteError(Message.of("at_line", line=line, problem=_explain(str(error), reader.line_num > line))) from None
            if cells is None:
                return
            if any(cells) if len(cells) > 1 else any(cell.strip() for cell in cells):
                if sum(map(len, cells)) > self.limits.cell // 4:
                    self._check_cells(cells, line)
                yield line, cells
            line = reader.line_num + 1

    def _check_cells(self, cells: Sequence[str], line: int) -> None:
        if any(len(cell.encode()) > self.limits.cell for cell in cells):
            raise make_error(TooLarge, "cell_too_large", file=self.name, line=line, limit=self.limits.cell)

    def _lines(self, chunks: Iterable[bytes]) -> Iterator[str]:
        rest = b""
        for chunk in chunks:
            *lines, rest = (rest + chunk).split(b"\n")
            if len(rest) > max(MAX_LINE, self.limits.cell):
                raise make_error(TooLarge, "line_too_long", file=self.name, size=len(rest))
            for line in lines:
                yield line.decode() + "\n"
        if rest:
            yield rest.decode()


def _with_escaped_breaks(records: Iterable[Record], width: int) -> Iterator[Record]:
    """Yield records, one with too few fields that ends in a backslash together with the next: data feeds escape a line break in a value so."""
    begun: Record | None = None
    for line, cells in records:
        record = (line, cells) if begun is None else (begun[0], [*begun[1][:-1], f"{begun[1][-1][:-1]}\n{cells[0]}", *cells[1:]])
        begun = record if len(record[1]) < width and _goes_on(record[1][-1]) else None
        if begun is None:
            yield record
    if begun is not None:
        yield begun


def _goes_on(cell: str) -> bool:
    return (len(cell) - len(cell.rstrip("\\"))) % 2 == 1


def _joined(cells: Sequence[str], separator: str) -> list[str]:
    r"""Join a cell that ends in a backslash with the next one, as data feeds escape a separator in a value.

    Example:
        >>> _joined(["red\\", "lamp", "2"], ";")
        ['red;lamp', '2']
    """
    joined: list[str] = []
    goes_on = False
    for cell in cells:
        text = f"{joined.pop()[:-1]}{separator}{cell}" if goes_on else cell
        goes_on = _goes_on(text)
        joined.append(text)
    return joined


def default_names(names: Sequence[str], width: int) -> list[str]:
    """Return the declared names of columns without header, and c1, c2 and so on for the rest."""
    return [*names[:width], *(f"c{number}" for number in range(len(names) + 1, width + 1))]


def _double_escaped_quotes(chunks: Iterable[bytes], separator: str) -> Iterator[bytes]:
    r"""Double the quotes that stand behind a backslash and do not end their field, as PHP leaves them: `"a \"b\" c"`."""
    pattern = re.compile(rb'\\"(?=[^"\r\n' + re.escape(separator.encode()) + rb"])")
    rest = b""
    for chunk in chunks:
        head, mark, rest = (rest + chunk).rpartition(b"\n")
        yield pattern.sub(rb'\\""', head) + mark
    yield pattern.sub(rb'\\""', rest)


class _QuoteError(csv.Error):
    """Report a quote that cannot be understood."""

    def __init__(self, reason: Message) -> None:
        """Store the reason."""
        super().__init__(render(reason))
        self.reason = reason


def _complaint(cells: Sequence[str], width: int, options: ReadOptions) -> Message:
    if any('"' in cell for cell in cells):
        return Message.of("fields_miscounted_by_quote", fields=len(cells), width=width)
    hints = [] if options.header == "search" else [Message.of("hint_of_notices")]
    footer = Message.of("hint_of_footer_length", records=MAX_FOOTER)
    hints += [footer] if options.footer else [Message.of("hint_of_footer")] if len(cells) < width else []
    return Message.of("fields_miscounted", fields=len(cells), width=width, hints=Message.of("in_brackets", messages=tuple(hints)) if hints else EMPTY)


def _explain(error: str, several: bool) -> Message:  # noqa: FBT001  # of one caller
    if "unexpected end" in error:
        return Message.of("quote_never_closed")
    if "field larger" in error:
        return Message.of("cell_over_limit")
    if "new-line character" in error:
        return Message.of("lone_carriage_returns")
    return Message.of("text_after_quote_of_lines" if several else "text_after_quote")
