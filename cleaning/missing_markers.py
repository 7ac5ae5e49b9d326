"""Decide which words of a column stand for a missing value: `N/A` beside numbers does, `none` beside `taxable` does not."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from sluice.rules.value_kinds import COUNT, VALUE, Kind, kind_of

_DATABASE_NULL = "\\n"  # \N, as MySQL and PostgreSQL export null
MARKERS = ("", _DATABASE_NULL, "n/a", "#n/a", "null", "none", "nan", "-", "--", "无")
_NEVER_A_WORD = ("", "n/a", "#n/a")  # neither a name nor a word of a text
_ANSWERS = ("none", "无")  # say that there is nothing, which is a value: no gift wrap, no charger
_FEW_VALUES = 25  # distinct values up to which a column is a choice among few
_MIN_REPEATS = 2.0  # rows per distinct value from which a column is a choice
_MIN_RATIO = 3  # how many times more often than any other value a marker recurs
_MIN_RECURRENCE = 5  # rows from which a marker recurs among values that do not


def missing_markers(name: str, counts: pl.DataFrame, markers: Sequence[str] = MARKERS) -> list[str]:
    r"""Return the values of a text column that stand for a missing value.

    A marker is believed beside numbers, times and codes, of which none is a word. Among few values that recur it may be one of
    them, among words and names it may be one (`Nan` is a first name): there only `n/a` is believed, or a marker that
    recurs while no other value does. `none` is an answer, and never believed; `\N` of a database always is.

    Args:
        name: Name of the column.
        counts: Its distinct values and their counts (`value`, `count`), as `count_values` returns them.
        markers: Words for a missing value, in lower case.

    Example:
        >>> import polars as pl
        >>> missing_markers("ibu", pl.DataFrame({"value": ["N/A", "35", "60"], "count": [9, 4, 3]}))
        ['N/A']
        >>> missing_markers("tax_status", pl.DataFrame({"value": ["taxable", "none"], "count": [9, 4]}))
        []
    """
    folded = pl.col(VALUE).str.strip_chars().str.to_lowercase()
    marked = folded.is_in([marker for marker in markers if marker != ""])
    blank = counts.filter(folded == "")[VALUE].to_list() if "" in markers else []
    marked_values, others = counts.filter(marked), counts.filter(~marked & (folded != ""))
    if marked_values.is_empty():
        return blank
    kind = kind_of(name, others)
    return blank + [value for value, count in marked_values.select(VALUE, COUNT).iter_rows() if _is_missing(value, count, kind, others)]


def _is_missing(value: str, count: int, kind: Kind, others: pl.DataFrame) -> bool:
    word = value.strip().lower()
    if word == _DATABASE_NULL:
        return True
    is_range = set(word) == {"-"} and others[VALUE].str.contains("-", literal=True).any()  # a range such as 12-15 may lack both ends
    if word in _ANSWERS or is_range:
        return False
    if kind == "empty":
        return word in (*_NEVER_A_WORD, "null", "nan")
    if kind in ("measure", "link", "structured"):
        return True
    if _is_choice(others):
        return False
    recurs = count >= _MIN_RECURRENCE and count > _MIN_RATIO * max(others[COUNT], default=0)
    return kind == "code" or recurs or word in _NEVER_A_WORD


def _is_choice(others: pl.DataFrame) -> bool:
    """Return True where the column holds few values, each again and again: the marker may be one of them."""
    return others.height <= _FEW_VALUES and int(others[COUNT].sum()) >= _MIN_REPEATS * others.height
