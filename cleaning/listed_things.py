"""Tell lists of things, such as the stock of a shop, from logs: lists of two shops have most rows in common, in one order."""

from __future__ import annotations

import polars as pl

_DISTINCT = 0.9  # share of the rows that have a text of their own where each names a thing
_ORDERED = 0.5  # share of the rows that have a value of their own in a column by which they are sorted
_MOVED, _MIN_MOVED = 0.05, 10  # share and number of rows by which an export of a log goes on


def lists_things(rows: pl.DataFrame) -> bool:
    """Return True where each row names a thing of its own, or rows are sorted: that another file has equal ones in the same order says nothing.

    Args:
        rows: The rows of one file in their order, declared columns alone.

    Example:
        >>> lists_things(pl.DataFrame({"sku": ["p1", "p2", "p3"], "stock": [0, 4, 0]}))
        True
        >>> lists_things(pl.DataFrame({"user": ["ann", "bo", "ann", "cy"], "item": ["mug", "pen", "mug", "pen"]}))
        False
    """
    return any(_names_each(rows[name]) or _is_sorted(rows[name]) for name in rows.columns)


def goes_on(moved: int, rows: int) -> bool:
    """Return True where a file moved by more rows than two lists of the same things differ by at their ends.

    Example:
        >>> goes_on(20, 140), goes_on(1, 140)
        (True, False)
    """
    return moved >= max(_MIN_MOVED, _MOVED * rows)


def _names_each(cells: pl.Series) -> bool:
    return cells.dtype == pl.String and cells.drop_nulls().n_unique() >= _DISTINCT * cells.len() > 0


def _is_sorted(cells: pl.Series) -> bool:
    filled = cells.drop_nulls()
    if filled.n_unique() < max(2.0, _ORDERED * cells.len()) or filled.dtype.is_nested():
        return False
    return filled.is_sorted() or filled.is_sorted(descending=True)
