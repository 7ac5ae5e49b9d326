"""Find values that stand in the wrong column: two cells of a row that were exchanged."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from cleaning.cell_errors.table import Table, is_missing

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")  # the same number stands in many columns
_AT_HOME = 3  # rows of another column that hold a text, from which it belongs there
_RATIO = 5.0  # how many times more of them there are than in the column itself

Homes = Mapping[int, Mapping[str, int]]  # column where each foreign text of a column belongs


def homes_of(counts: Sequence[Mapping[str, int]]) -> Homes:
    """Return the column in which each text is at home that is foreign to its own, by column.

    Args:
        counts: Rows of each value, by column.
    """
    homes: dict[int, dict[str, int]] = {}
    for column, values in enumerate(counts):
        homed = ((value, _home(counts, column, value)) for value in values if _is_text(value))
        homes[column] = {value: home for value, home in homed if home is not None}
    return homes


def exchanged(table: Table, counts: Sequence[Mapping[str, int]], homes: Homes) -> Mapping[tuple[int, int], str]:
    """Return the right value of cells that were exchanged, by row and column: one is at home in the column of the other, which is rare where it stands.

    Args:
        table: The rows.
        counts: Rows of each value that was learned, by column.
        homes: Columns of foreign texts, as `homes_of` returns them.
    """
    return dict(entry for row in range(table.height) for entry in _exchanged_in(table, counts, homes, row))


def _exchanged_in(table: Table, counts: Sequence[Mapping[str, int]], homes: Homes, row: int) -> Iterator[tuple[tuple[int, int], str]]:
    for column in range(table.width):
        value = table.cell(row, column)
        home = homes[column].get(value)
        if home is None:
            continue
        other = table.cell(row, home)
        back = homes[home].get(other)
        if back == column or (back is None and not is_missing(other) and counts[home].get(other, 0) < _AT_HOME):
            yield (row, column), other
            yield (row, home), value


def _home(counts: Sequence[Mapping[str, int]], column: int, value: str) -> int | None:
    rows = {other: counts[other].get(value, 0) for other in range(len(counts)) if other != column}
    best = max(rows, key=rows.__getitem__, default=None)
    return best if best is not None and rows[best] >= max(_AT_HOME, _RATIO * counts[column][value]) else None


def _is_text(value: str) -> bool:
    return not is_missing(value) and _NUMBER.fullmatch(value) is None
