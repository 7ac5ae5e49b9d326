"""Make rows that belong together complete: fill what is written in the first row of a group alone, and number the rows of each group."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from sluice.domain import ReadOptions


def fill_from_first_row(frame: pl.DataFrame, group_by: Sequence[str], fill_down: Sequence[str]) -> pl.DataFrame:
    """Return the rows with empty cells of some columns filled from the first row of their group; columns that are absent are left out.

    A row without a value in any of the columns of the group belongs to the group above it, and gets its values.

    Args:
        frame: Rows of a file, in their order.
        group_by: Columns whose values name a group.
        fill_down: Columns that are filled.

    Example:
        >>> rows = pl.DataFrame({"order": ["1", "1", "2"], "buyer": ["Ann", None, None], "sku": ["a", "b", "c"]})
        >>> fill_from_first_row(rows, ["order"], ["buyer"])["buyer"].to_list()
        ['Ann', 'Ann', None]
    """
    group = [name for name in group_by if name in frame.columns]
    names = [name for name in fill_down if name in frame.columns and name not in group]
    if not group or len(group) < len(group_by) or frame.is_empty():
        return frame
    empty = pl.all_horizontal(pl.col(name).is_null() for name in group)
    above = frame.with_columns(pl.when(empty).then(pl.col(name).forward_fill()).otherwise(pl.col(name)).alias(name) for name in group)
    in_group = pl.any_horizontal(pl.col(name).is_not_null() for name in group)
    return above.with_columns(
        pl.when(in_group).then(pl.col(name).fill_null(pl.col(name).first().over(group))).otherwise(pl.col(name)).alias(name) for name in names
    )


def number_rows(frame: pl.DataFrame, group_by: Sequence[str], name: str) -> pl.DataFrame:
    """Return the rows with the position of each in its group, from 1, as text; null in a row without a group.

    Args:
        frame: Rows of a file, in their order.
        group_by: Columns whose values name a group.
        name: Name of the new column.

    Example:
        >>> number_rows(pl.DataFrame({"order": ["1", "1", "2"]}), ["order"], "line")["line"].to_list()
        ['1', '2', '1']
    """
    group = [column for column in group_by if column in frame.columns]
    if not group or len(group) < len(group_by):
        return frame
    in_group = pl.any_horizontal(pl.col(column).is_not_null() for column in group)
    return frame.with_columns(pl.when(in_group).then(pl.int_range(1, pl.len() + 1).over(group)).cast(pl.String).alias(name))


def join_groups(frame: pl.DataFrame, options: ReadOptions) -> pl.DataFrame:
    """Return the rows of a file as its options say: filled down and numbered within their groups."""
    filled = fill_from_first_row(frame, options.group_by, options.fill_down)
    return number_rows(filled, options.group_by, options.number_rows) if options.number_rows else filled
