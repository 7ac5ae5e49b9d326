"""Read lists that are drawn with lines, as SAP and command lines of databases print tables: `|4500001|10|Lamp |` between rows of dashes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from sluice.sources.footer import Record

SEPARATOR = "|"
_LINES = frozenset("-=+_ \t")  # what horizontal lines are drawn with
_SAMPLE = 200  # records that decide whether a text is such a list
_MIN_LINE = 3  # characters of a line
_MIN_SHARE = 0.9  # of the records with several cells that must stand in a frame


def is_framed(records: Sequence[Sequence[str]]) -> bool:
    """Return True where records that begin and end with a separator stand between horizontal lines.

    Args:
        records: The first records of a text, split at `|`.

    Example:
        >>> is_framed([["-----"], ["", "id", "name", ""], ["-----"], ["", "1", "Mug ", ""]])
        True
    """
    rows = [cells for cells in records if len(cells) > 2 and not is_line(cells)]
    framed = sum(_has_frame(cells) for cells in rows)
    return any(map(is_line, records)) and framed > 1 and framed >= _MIN_SHARE * len(rows)


def without_frame(records: Iterable[Record]) -> Iterator[Record]:
    """Yield the rows of a list without lines, frame and padding, and without the names where they come again on a further page; other records as they are."""
    rest = iter(records)
    first = list(islice(rest, _SAMPLE))
    if not is_framed([cells for _, cells in first]):
        yield from chain(first, rest)
        return
    names: list[str] | None = None
    for line, cells in chain(first, rest):
        if is_line(cells):
            continue
        row = [cell.strip() for cell in cells[1:-1]] if _has_frame(cells) else cells
        if row != names:
            yield line, row
        names = row if names is None and _has_frame(cells) else names


def is_line(cells: Sequence[str]) -> bool:
    """Return True for a horizontal line.

    Example:
        >>> is_line(["-----"]), is_line(["", "---", "---", ""]), is_line(["", "-", "-", ""])
        (True, True, False)
    """
    drawn = [cell for cell in cells if cell.strip()]
    return bool(drawn) and all(set(cell) <= _LINES for cell in drawn) and max(len(cell.strip()) for cell in drawn) >= _MIN_LINE


def _has_frame(cells: Sequence[str]) -> bool:
    return len(cells) > 2 and not cells[0].strip() and not cells[-1].strip()
