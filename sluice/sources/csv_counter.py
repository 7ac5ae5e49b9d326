"""Count the fields of each record of a CSV text chunk by chunk, with the positions of its separators, line ends and quotes as arrays."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sluice.config import Limits
from sluice.domain import EMPTY, Message
from sluice.errors import TooLarge
from sluice.messages import make_error
from sluice.sources.source_errors import CellTooLarge, Irregular

_NEWLINE, _RETURN, _QUOTE = 10, 13, 34
Positions = npt.NDArray[np.int64]


@dataclass(slots=True)
class Counter:
    """Hold the state between two chunks of a text. Positions count from the chunk's first byte; earlier ones are negative."""

    name: str
    separator: int
    limits: Limits
    records: int = 0
    blank: list[int] = field(default_factory=list)
    head: bytearray = field(default_factory=bytearray)
    width: int = 0  # fields of the header, once it is complete
    open: bool = False  # the chunk before ended inside quotes
    fields: int = 0  # complete fields of the unfinished record
    size: int = 0  # its bytes
    cell: int = 0  # bytes of its last cell
    first_line: int = 1  # line on which it begins
    line: int = 1  # line on which the next chunk begins
    last: int = _NEWLINE  # the byte before it

    def feed(self, chunk: bytes) -> None:
        """Count the fields of the next chunk."""
        data = np.frombuffer(chunk, np.uint8)
        newlines = np.flatnonzero(data == _NEWLINE)
        quotes = np.flatnonzero(data == _QUOTE) if b'"' in chunk else newlines[:0]
        if len(quotes):
            self._check_quotes(data, quotes)
        marks = self._outside(np.flatnonzero(data == self.separator), quotes)
        ends = self._outside(newlines, quotes)
        self.open ^= bool(len(quotes) % 2)
        starts = np.concatenate([[-self.size], ends + 1])  # of each record that ends here, and of the unfinished one
        fields = np.diff(np.searchsorted(marks, ends), prepend=0) + 1
        fields[:1] += self.fields
        self._check_cells(len(chunk), newlines, marks, ends, starts)
        self._take_header(chunk, ends, fields)
        self._check_fields(chunk, newlines, ends, starts, fields)
        self._note_empty(data, ends, starts, fields)
        self._carry(chunk, newlines, marks, ends, int(starts[-1]))

    def close(self) -> None:
        """Refuse a quote that was never closed."""
        if self.open:
            raise make_error(Irregular, "line_problem", file=self.name, line=self.first_line, problem=Message.of("quote_never_closed"))

    def _check_quotes(self, data: npt.NDArray[np.uint8], quotes: Positions) -> None:
        """Refuse a quote that opens after other characters of its field, or closes before some; a quote next to another one stands for itself."""
        bounds = np.zeros(256, bool)
        bounds[[self.separator, _NEWLINE, _RETURN, _QUOTE]] = True
        opening, closing = quotes[int(self.open) :: 2], quotes[1 - int(self.open) :: 2]
        before = data[opening - 1]
        before[opening == 0] = self.last
        after = data[closing[closing < len(data) - 1] + 1]
        if not (bounds[before].all() and bounds[after].all() and not (before == _RETURN).any()):
            raise make_error(Irregular, "quote_inside", file=self.name)

    def _outside(self, positions: Positions, quotes: Positions) -> Positions:
        """Return the positions outside quotes: after an even number of them."""
        if not len(quotes):
            return positions[:0] if self.open else positions
        before: Positions = np.bincount(np.searchsorted(positions, quotes), minlength=len(positions) + 1)[:-1].cumsum()
        outside: Positions = positions[(before + self.open) % 2 == 0]
        return outside

    def _line(self, newlines: Positions, position: int) -> int:
        return self.first_line if position < 0 else self.line + int(np.searchsorted(newlines, position))

    def _check_cells(self, size: int, newlines: Positions, marks: Positions, ends: Positions, starts: Positions) -> None:
        if np.diff(starts, append=size).max() <= self.limits.cell:
            return  # no cell is longer than its record
        bounds = np.concatenate([[-1 - self.cell], np.union1d(marks, ends), [size]])
        widths = np.diff(bounds) - 1
        worst = int(widths.argmax())
        if widths[worst] > self.limits.cell:
            line = self._line(newlines, int(bounds[worst]))
            raise make_error(CellTooLarge, "cell_too_large", file=self.name, line=line, limit=self.limits.cell)

    def _take_header(self, chunk: bytes, ends: Positions, fields: Positions) -> None:
        if self.width:
            return
        self.head += chunk[: ends[0]] if len(ends) else chunk
        self.width = int(fields[0]) if len(ends) else 0
        if max(self.width, self.fields) > self.limits.columns:
            raise make_error(TooLarge, "columns_too_many", file=self.name, limit=self.limits.columns)

    def _check_fields(self, chunk: bytes, newlines: Positions, ends: Positions, starts: Positions, fields: Positions) -> None:
        for odd in np.flatnonzero(fields != self.width).tolist():
            begin, end = int(starts[odd]), int(ends[odd])
            before = chunk[end - 1] if end else self.last
            if end - begin > 1 or (end - begin == 1 and before != _RETURN):
                problem = Message.of("fields_miscounted", fields=int(fields[odd]), width=self.width, hints=EMPTY)
                raise make_error(Irregular, "line_problem", file=self.name, line=self._line(newlines, begin), problem=problem)
            self.blank.append(odd + self.records - 1)

    def _note_empty(self, data: npt.NDArray[np.uint8], ends: Positions, starts: Positions, fields: Positions) -> None:
        """Note the records of separators alone, as spreadsheets write them below their last row."""
        if self.width < 2:
            return
        sizes = ends - starts[:-1]
        before = data[ends - 1]
        before[ends == 0] = self.last
        empty = (fields == self.width) & (sizes - (before == _RETURN) == self.width - 1)
        self.blank.extend((np.flatnonzero(empty) + self.records - 1).tolist())

    def _carry(self, chunk: bytes, newlines: Positions, marks: Positions, ends: Positions, start: int) -> None:
        self.records += len(ends)
        self.first_line = self._line(newlines, start)
        self.size = len(chunk) - start
        self.fields = len(marks) - int(np.searchsorted(marks, start)) + (self.fields if start <= 0 and not len(ends) else 0)
        last = max(int(marks[-1]) if len(marks) else -1, start - 1 if len(ends) else -1)
        self.cell = len(chunk) - last - 1 + (self.cell if last < 0 else 0)
        self.line += len(newlines)
        self.last = chunk[-1]
