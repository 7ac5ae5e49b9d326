"""Decide whether an empty cell of a column is a fault, so that it may be filled."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

MIN_ROWS = 100  # all of them filled: fewer than 3 % of right rows are empty, by the rule of three
MAX_EMPTY = 0.1  # share of empty cells; where more are empty, right rows are among them
MIN_OF_VALUE = 10  # rows with one value of another column, from which their emptiness is no chance
MAX_WHOLE = 0.5  # share of the empty cells that stand in groups of two rows or more which are all empty; more, and the groups explain them
MAX_OF_VALUE = 0.5  # share of empty cells among them; more, and the value explains why they are empty


def empties_are_faults(rows: pl.DataFrame, name: str, others: Sequence[str]) -> bool:
    """Return True where no right row seems to lack a value: none is empty, or few are, scattered over the values of all other columns.

    Args:
        rows: Some rows of the dataset.
        name: Column that would be filled.
        others: Columns whose values may explain that it is empty, such as the kind of an event.

    Example:
        >>> rows = pl.DataFrame({"kind": ["view"] * 200 + ["refund"] * 15, "device": ["phone"] * 200 + [None] * 15})
        >>> empties_are_faults(rows, "device", ["kind"]), empties_are_faults(rows.head(200), "device", ["kind"])
        (False, True)
    """
    empty = rows[name].null_count()
    if rows.height < MIN_ROWS or empty > MAX_EMPTY * rows.height:
        return False
    return not empty or not any(_explains(rows, name, other) for other in others if other != name)


def _explains(rows: pl.DataFrame, name: str, other: str) -> bool:
    groups = rows.group_by(other).agg(pl.len().alias("rows"), pl.col(name).is_null().mean().alias("empty"))
    whole = groups.filter((pl.col("rows") > 1) & (pl.col("empty") == 1))
    if whole.height and int(whole["rows"].sum()) > MAX_WHOLE * rows[name].null_count():
        return True  # whole products, documents and the like lack it
    return groups.filter((pl.col("rows") >= MIN_OF_VALUE) & (pl.col("empty") > MAX_OF_VALUE)).height > 0
