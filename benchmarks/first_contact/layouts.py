"""Write tables of values as files: CSV of many kinds, JSON lines, and feeds."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from benchmarks.first_contact.truth import Row, Table


@dataclass(frozen=True, slots=True)
class Csv:
    """Write a table as text with separators.

    Attributes:
        separator: Mark between cells.
        encoding: Encoding of the bytes.
        end: End of a line.
        quote_all: Whether every cell stands in quotes.
        before: Lines before the header, each with its end.
        trailing: Whether a separator stands behind the last cell.
        raw: Whether cells are joined without quotes at all.
    """

    separator: str = ","
    encoding: str = "utf-8"
    end: str = "\r\n"
    quote_all: bool = False
    before: Sequence[str] = ()
    trailing: bool = False
    raw: bool = False

    def __call__(self, table: Table, rows: Sequence[Row]) -> bytes:
        """Write the header, where the table has one, and the rows."""
        cells = [[str(column.write(row.get(column.name))) for column in table.columns] for row in rows]
        lines = ([[column.name for column in table.columns]] if table.header else []) + cells
        if self.trailing:
            lines = [[*line, ""] for line in lines]
        text = self._joined(lines) if self.raw else self._quoted(lines)
        return ("".join(line + self.end for line in self.before) + text).encode(self.encoding)

    def _joined(self, lines: Sequence[Sequence[str]]) -> str:
        return "".join(self.separator.join(line) + self.end for line in lines)

    def _quoted(self, lines: Sequence[Sequence[str]]) -> str:
        buffer = io.StringIO()
        quoting: Literal[0, 1] = csv.QUOTE_ALL if self.quote_all else csv.QUOTE_MINIMAL
        csv.writer(buffer, delimiter=self.separator, lineterminator=self.end, quoting=quoting).writerows(lines)
        return buffer.getvalue()


def json_lines(table: Table, rows: Sequence[Row]) -> bytes:
    """Write one JSON object a row; a dot in a column's name is a level, and a column without a value is left out."""
    records = []
    for row in rows:
        record: dict[str, object] = {}
        for column in table.columns:
            if row.get(column.name) is not None:
                _put(record, column.name.split("."), column.write(row[column.name]))
        records.append(json.dumps(record, ensure_ascii=False))
    return "".join(record + "\n" for record in records).encode()


def _put(record: dict[str, object], path: Sequence[str], value: object) -> None:
    for name in path[:-1]:
        inner = record.setdefault(name, {})
        assert isinstance(inner, dict)
        record = inner
    record[path[-1]] = value
