"""Find values that stand in the wrong column: two cells of a row that were exchanged."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from cleaning.cell_errors.table import Table, is_missing

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")  # the same number stands in many columns
_AT_HOME = 3  # rows of another column that hold a text, from which it belongs there
_RATIO = 5.0  # how many times more of them there are than in the column itself
_SAME_KIND = 0.08  # share of the rows with values that are foreign to neither column, from which two columns hold values of one kind

Homes = Mapping[int, Mapping[str, int]]  # column where each foreign text of a column belongs


def homes_of(counts: Sequence[Mapping[str, int]]) -> Homes:
    """Return the column in which each text is at home that is foreign to its own, by column.

    Between columns of one kind, such as planned and actual times, no text is foreign: which values are frequent in one of them is chance.

    Args:
        counts: Rows of each value, by column.
    """
    texts = [{value: count for value, count in values.items() if _is_text(value)} for values in counts]
    return {column: _homes_in(texts, column) for column in range(len(texts))}


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


def _homes_in(texts: Sequence[Mapping[str, int]], column: int) -> dict[str, int]:
    homed = ((value, _home(texts, column, value)) for value in texts[column])
    homes = {value: home for value, home in homed if home is not None}
    alike = {other for other in set(homes.values()) if _of_one_kind(texts[column], texts[other])}
    return {value: home for value, home in homes.items() if home not in alike}


def _home(texts: Sequence[Mapping[str, int]], column: int, value: str) -> int | None:
    rows = {other: texts[other].get(value, 0) for other in range(len(texts)) if other != column}
    best = max(rows, key=rows.__getitem__, default=None)
    return best if best is not None and _is_foreign(texts[column][value], rows[best]) else None


def _of_one_kind(first: Mapping[str, int], second: Mapping[str, int]) -> bool:
    """Return True where two columns share many rows with values that are usual in both, or rare in both."""
    rows = sum(first.values()), sum(second.values())
    shared = [(first[value], second[value]) for value in first.keys() & second.keys()]
    in_both = [counts for counts in shared if not _is_foreign(min(counts), max(counts))]
    return sum(min(here / rows[0], there / rows[1]) for here, there in in_both) >= _SAME_KIND


def _is_foreign(here: int, there: int) -> bool:
    """Return True where so many more rows of another column hold a text that it belongs there."""
    return there >= max(_AT_HOME, _RATIO * here)


def _is_text(value: str) -> bool:
    return not is_missing(value) and _NUMBER.fullmatch(value) is None
