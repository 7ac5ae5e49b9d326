"""Counts the fields of each record of a CSV text, minding quotes as RFC 4180 has them, without parsing a cell."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sluice.config import Limits
from sluice.errors import SourceError, TooLarge

_NEWLINE, _RETURN, _QUOTE = 10, 13, 34
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a CSV text is laid out.

    Attributes:
        header: The names of the columns.
        records: How many records follow it, blank lines included.
        blank: Which of them are blank lines (counted from 0), where there are several columns; they are no rows.
    """

    header: tuple[str, ...]
    records: int
    blank: tuple[int, ...]


def layout(chunks: Iterable[bytes], name: str, separator: str, limits: Limits) -> Layout:
    """Read the text through once and tell how it is laid out.

    One record with a field too many or too few makes the whole file untrustworthy: from there on, cells may stand in the wrong columns.

    Raises:
        SourceError: A record's fields do not fit the header, a quote stays open, or names are missing or doubled.
        TooLarge: A cell or the number of columns is beyond its limit.
    """
    counter = _Counter(name, ord(separator), limits)
    last = b""
    for chunk in chunks:
        counter.feed(chunk)
        last = chunk
    if not last.endswith(b"\n"):
        counter.feed(b"\n")
    counter.close()
    return Layout(_names(bytes(counter.head), name, separator), counter.records - 1, tuple(counter.blank))


def _names(head: bytes, name: str, separator: str) -> tuple[str, ...]:
    text = head.decode().removesuffix("\n").removesuffix("\r")
    if "\r" in text:
        raise SourceError(f"{name}: its lines end in a lone carriage return; save it with line feeds")
    header = next(csv.reader([text], delimiter=separator), [])
    if not all(header) or not header:
        raise SourceError(f"{name}: line 1: column {header.index('') + 1 if header else 1} has no name; name every column")
    twice = [column for column in dict.fromkeys(header) if header.count(column) > 1]
    if twice:
        raise SourceError(f"{name}: line 1: two columns are called {twice[0]}; rename one")
    other = next((mark for mark in ",;\t|" if mark != separator and mark in text), None)
    if len(header) == 1 and other:
        raise SourceError(f"{name}: line 1: one column, in which {other!r} seems to part several; set `separator: {other!r}` for this source")
    return tuple(header)


@dataclass(slots=True)
class _Counter:
    """What is known between two chunks of a text."""

    name: str
    separator: int
    limits: Limits
    records: int = 0
    blank: list[int] = field(default_factory=list)
    head: bytearray = field(default_factory=bytearray)
    width: int = 0
    open: bool = False  # the chunk before ended inside quotes
    fields: int = 0  # whole fields of the record that has begun
    cell: int = 0  # bytes of the cell that has begun
    line: int = 1  # line on which the next chunk begins
    begun: int = 1  # line on which the record begins that has begun
    previous: int = _NEWLINE  # the byte before the chunk

    def feed(self, chunk: bytes) -> None:
        """Count on."""
        data = np.frombuffer(chunk, np.uint8)
        marks = self._marks(data, chunk)
        ends = marks[data[marks] == _NEWLINE]
        starts = np.concatenate([[0], ends + 1])  # of each record that ends here, and of the one that goes on
        fields = np.diff(np.searchsorted(marks, ends, side="right"), prepend=0)
        fields[:1] += self.fields
        lines = self._lines(data, starts)
        self._check_cells(marks, starts, lines, len(chunk))
        self._take_header(chunk, ends, fields)
        self._check_fields(data, ends, starts, fields, lines)
        self._carry(marks, ends, lines, len(chunk))
        self.line += chunk.count(b"\n")
        self.previous = chunk[-1]

    def close(self) -> None:
        """Raise where a quote was never closed."""
        if self.open:
            raise SourceError(f"{self.name}: line {self.begun:,}: a quote opens and is never closed; send it again with whole records")

    def _marks(self, data: npt.NDArray[np.uint8], chunk: bytes) -> Positions:
        """Where fields and records end: separators and line feeds outside quotes."""
        outside = (data == self.separator) | (data == _NEWLINE)
        if self.open or b'"' in chunk:
            inside = np.bitwise_xor.accumulate(data == _QUOTE) ^ self.open
            outside &= ~inside
            self.open = bool(inside[-1])
        return np.flatnonzero(outside)

    def _lines(self, data: npt.NDArray[np.uint8], starts: Positions) -> Positions:
        """The line on which each record begins; quoted cells may hold line feeds."""
        lines = self.line + np.searchsorted(np.flatnonzero(data == _NEWLINE), starts)
        lines[0] = self.begun
        return lines

    def _check_cells(self, marks: Positions, starts: Positions, lines: Positions, size: int) -> None:
        bounds = np.concatenate([[-1 - self.cell], marks, [size]])
        widths = np.diff(bounds) - 1
        worst = int(widths.argmax())
        if widths[worst] > self.limits.cell:
            line = lines[np.searchsorted(starts, max(bounds[worst] + 1, 0), side="right") - 1]
            raise TooLarge(f"{self.name}: line {line:,}: a cell has more than {self.limits.cell:,} bytes; is a quote left open? If not, raise limits.cell")

    def _take_header(self, chunk: bytes, ends: Positions, fields: Positions) -> None:
        if self.width:
            return
        self.head += chunk[: ends[0] + 1] if len(ends) else chunk
        self.width = int(fields[0]) if len(ends) else 0
        if max(self.width, self.fields) > self.limits.columns:
            raise TooLarge(f"{self.name}: line 1: {self.width:,} columns, more than {self.limits.columns:,}; raise limits.columns or send fewer")

    def _check_fields(self, data: npt.NDArray[np.uint8], ends: Positions, starts: Positions, fields: Positions, lines: Positions) -> None:
        odd = np.flatnonzero(fields != self.width)
        if not len(odd):
            return
        before = np.where(ends[odd] > 0, data[ends[odd] - 1], self.previous)
        length = ends[odd] - starts[odd] + np.where(odd == 0, self.cell, 0)
        blank = (fields[odd] == 1) & ((length == 0) | ((length == 1) & (before == _RETURN)))
        if not blank.all():
            first = odd[~blank][0]
            raise SourceError(
                f"{self.name}: line {lines[first]:,}: {fields[first]:,} fields where the header has {self.width:,}; mend the line and send the file again"
            )
        self.blank += (odd + self.records - 1).tolist()

    def _carry(self, marks: Positions, ends: Positions, lines: Positions, size: int) -> None:
        self.records += len(ends)
        self.begun = int(lines[-1])
        self.cell = size - int(marks[-1]) - 1 if len(marks) else self.cell + size
        self.fields = len(marks) - int(np.searchsorted(marks, ends[-1], side="right")) if len(ends) else self.fields + len(marks)
