"""Find the row that holds the names of the columns: in bills and templates it stands below notices."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from sluice.sources.column_names import folded

MAX_ROWS_BEFORE = 200  # rows that are looked through
_NUMBER = re.compile(r"[-+]?[\d.,:/\s%-]*\d[\d.,:/\s%-]*")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d\S*( UTC| Z)?")
_DIGIT = re.compile(r"\d")
_MIN_SHARE = 0.5  # of the declared names that the header must hold
_MOSTLY = 0.8  # share of the descriptions that must be different
_MIN_UNITS, _MIN_ROWS = 2, 3  # cells of a row of units, and rows with numbers below it


def find_head_row(rows: Sequence[Sequence[str]], requested: Sequence[str] | None) -> int | None:
    """Return the position of the header: the row that holds most of the declared names, or without those the one that has a header's shape.

    Args:
        rows: The first rows of a file, blank ones included.
        requested: Names that are declared; None: not yet.
    """
    if requested is None:
        return head_row_by_shape(rows)
    declared = set(map(folded, requested))
    held = [len(declared & set(map(folded, row))) for row in rows]
    best = max(held, default=0)
    return held.index(best) if best and best >= _MIN_SHARE * len(requested) else None


def head_row_by_shape(rows: Sequence[Sequence[str]]) -> int | None:
    """Return the position of the first row that is as wide as most of the rows after it, whose cells are all words, and that is no comment.

    A comment begins with `#`, and the names are below it; `# de venta` above the first data is a name.
    """
    later = [row for row in rows[len(rows) // 2 :] if len(row) > 1]
    if not later:
        return 0 if rows else None
    ((width, _),) = Counter(map(len, later)).most_common(1)
    widths = {width, width - 1} if all(not row[-1].strip() for row in later if len(row) == width) else {width}
    named = [position for position, row in enumerate(rows) if len(row) in widths and len(trimmed(row)) >= width - 1 and are_words(trimmed(row))]
    return next((position for position in named if not rows[position][0].startswith("#") or position + 1 not in named), None)


def are_words(cells: Sequence[str]) -> bool:
    """Return True where every cell is filled, none is a number or a time, and none comes twice."""
    words = [cell.strip() for cell in cells]
    return all(word and not _NUMBER.fullmatch(word) and not _MOMENT.fullmatch(word) for word in words) and len(set(words)) == len(words)


def end_of_head(rows: Sequence[Sequence[str]], head: int, most: int) -> int:
    """Return the position of the first row of data: further rows of a header hold no number and no time, so that a file without them loses no row.

    Args:
        rows: The first rows of a file.
        head: Position of the names.
        most: Rows that a header has at most, that of the names included.

    Example:
        >>> end_of_head([["no", "price"], ["", "EUR net"], ["1", "9,50"]], 0, 2), end_of_head([["no", "price"], ["1", "9,50"]], 0, 2)
        (2, 1)
    """
    below = rows[head + 1 : head + most]
    return head + 1 + next((place for place, row in enumerate(below) if _has_data(row)), len(below))


def _has_data(row: Sequence[str]) -> bool:
    return any(_NUMBER.fullmatch(cell.strip()) or _MOMENT.fullmatch(cell.strip()) for cell in row)


def has_units_below(rows: Sequence[Sequence[str]], head: int) -> bool:
    """Return True where the row below the names holds nothing but words over columns of numbers, as price lists name units there.

    Args:
        rows: The first rows of a file.
        head: Position of the names.

    Example:
        >>> rows = [["no", "name", "price", "pack"], ["", "", "EUR net", "pieces"], *([str(n), "Lamp", f"{n},50", "6"] for n in range(3))]
        >>> has_units_below(rows, 0), has_units_below(rows[:1] + rows[2:], 0)
        (True, False)
    """
    below, rest = rows[head + 1 : head + 2], [row for row in rows[head + 2 :] if len(row) == len(rows[head])]
    if not below or len(below[0]) != len(rows[head]) or len(rest) < _MIN_ROWS:
        return False
    filled = [position for position, cell in enumerate(below[0]) if cell.strip()]
    words = not any(_NUMBER.fullmatch(below[0][position].strip()) for position in filled)
    return len(filled) >= _MIN_UNITS and words and all(_holds_numbers(rest, position) for position in filled)


def has_descriptions_below(rows: Sequence[Sequence[str]], head: int) -> bool:
    """Return True where the row below the names describes them, as TikTok Shop does: words over columns that hold digits, which never come again.

    Args:
        rows: The first rows of a file.
        head: Position of the names.

    Example:
        >>> rows = [["Order ID", "State", "Sum"], ["Number of the order.", "Its state.", "What was paid."], *([f"7{n}", "sent", f"{n}.50"] for n in range(3))]
        >>> has_descriptions_below(rows, 0), has_descriptions_below(rows[:1] + rows[2:], 0)
        (True, False)
    """
    below, rest = rows[head + 1 : head + 2], [row for row in rows[head + 2 :] if len(row) == len(rows[head])]
    if not below or len(below[0]) != len(rows[head]) or len(rest) < _MIN_ROWS:
        return False
    columns = [[cell for row in rest if (cell := row[position].strip())] for position in range(len(below[0]))]
    filled = [(cell.strip(), cells) for cell, cells in zip(below[0], columns, strict=True) if cell.strip() and cells]
    of_digits = [cell for cell, cells in filled if len(cells) >= _MIN_ROWS and all(map(_DIGIT.search, cells))]
    phrases, distinct = sum(" " in cell for cell, _ in filled), len({cell for cell, _ in filled})
    if len(of_digits) < _MIN_UNITS or any(map(_DIGIT.search, of_digits)) or phrases < len(filled) / 2 or distinct < _MOSTLY * len(filled):
        return False
    return not any(cell in cells or _NUMBER.fullmatch(cell) for cell, cells in filled)


def _holds_numbers(rows: Sequence[Sequence[str]], position: int) -> bool:
    cells = [cell for row in rows if (cell := row[position].strip())]
    return len(cells) >= _MIN_ROWS and all(map(_NUMBER.fullmatch, cells))


def trimmed(row: Sequence[str]) -> list[str]:
    """Return a row without the blank cells at its end."""
    end = len(row)
    while end and not row[end - 1].strip():
        end -= 1
    return list(row[:end])
