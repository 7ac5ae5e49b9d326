"""Compare published cells with the right values."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from benchmarks.first_contact.truth import Blank, Column, Nothing, Row, Table

SHIFT = timedelta(hours=14)  # a local time without a zone may be read in any


def is_right(column: Column, right: object, published: object) -> bool:
    """Decide whether a published cell is the right value, in the type that it was published in.

    A cell that was written empty may be empty or have its value; a code must be the same text; a number may have another form.

    Args:
        column: Its column.
        right: The right value.
        published: The value that was published.
    """
    if isinstance(right, Blank):
        return published in (None, "") or is_right(column, right.value, published)
    written = column.write(right)
    if published is None:
        return right is None or isinstance(right, Nothing) or written in ("", None)
    if isinstance(right, Decimal | int | float) and not isinstance(right, bool):
        return _same_number(right, written, published)
    if isinstance(right, datetime | date):
        return _same_time(right, written, published)
    if isinstance(right, bool):
        return published == right or _text(published) == _text(written)  # 1.0 says the same as true
    return _text(published) in {_text(right), _text(written)}


def _same_number(right: Decimal | float, written: object, published: object) -> bool:
    if isinstance(published, bool):
        return published == right
    if isinstance(published, int | float | Decimal):
        return abs(float(published) - float(right)) <= 1e-9 * max(1.0, abs(float(right)))
    try:
        return _text(published) == _text(written) or Decimal(str(published)) == Decimal(str(right))
    except InvalidOperation:
        return False


def _same_time(right: date, written: object, published: object) -> bool:
    if isinstance(published, datetime):
        moment = right if isinstance(right, datetime) else datetime(right.year, right.month, right.day)  # noqa: DTZ001  # naive as written
        naive = published.astimezone(UTC).replace(tzinfo=None) if published.tzinfo else published
        return abs(naive - moment) <= SHIFT and (naive - moment) % timedelta(minutes=15) == timedelta(0)
    if isinstance(published, date):
        return published == (right.date() if isinstance(right, datetime) else right)
    return _text(published) == _text(written)


def _text(value: object) -> str:
    """Reduce a text to what must not change: letters, signs and digits, but not the form of blanks or line ends."""
    text = unicodedata.normalize("NFC", html.unescape(str(value)))
    return re.sub(r"\s+", " ", text).strip()


def wrong_cells(table: Table, rows: Sequence[Row], published: Sequence[tuple[int, Row]]) -> list[tuple[str, object, object]]:
    """List the published cells that are not right: column, what was written, what was published.

    Args:
        table: The table.
        rows: Right values, in the order of the file.
        published: Position in the file and cells of every published row.
    """
    wrong = []
    for place, cells in published:
        for name, column in _matched(table, cells):
            if not is_right(column, rows[place].get(column.name), cells[name]):
                wrong.append((column.name, column.write(rows[place].get(column.name)), cells[name]))
    return wrong


def _matched(table: Table, cells: Row) -> list[tuple[str, Column]]:
    names = [name for name in cells if not name.startswith("_")]
    if not is_named(table, names):
        return list(zip(names, table.columns, strict=False))
    by_name = {normal(column.name): column for column in table.columns}
    return [(name, by_name[normal(name)]) for name in names if normal(name) in by_name]


def is_named(table: Table, names: Iterable[str]) -> bool:
    """Decide whether declared columns have the table's names: those of its header, or of a platform that has none; otherwise their positions count."""
    right = {normal(column.name) for column in table.columns}
    return table.header or 2 * len(right & {normal(name) for name in names}) > len(right)


def normal(name: str) -> str:
    """Reduce a column's name or path to what two spellings of it share."""
    path = re.sub(r"\[(?:\w+=)?([^\]]*)\]", r".k_\1", name)
    return ".".join(
        part
        for part in re.sub(r"[^\w.]+", "_", path.lower()).strip("_").split(".")
        if part not in ("", "k_", "value", "string_value", "int_value", "double_value")
    )


def repaired_wrongly(repair: dict[str, Any]) -> bool:
    """Decide whether an applied repair of a right cell changed what it says, where rows cannot be compared by position."""
    old, new = _text(repair["old"] or ""), _text(repair["new"] or "")
    if old == new or old.lstrip("'\t `") == new:
        return False
    digits = re.sub(r"[^\d]", "", old)
    return not digits or digits.rstrip("0") != re.sub(r"[^\d]", "", new).rstrip("0")
