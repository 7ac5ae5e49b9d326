"""Count the distinct values of a column."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from sluice.domain import Batch, Tally
from sluice.rules.value_kinds import COUNT, VALUE


def count_values(cells: pl.Series) -> pl.DataFrame:
    """Count each distinct value: `value` and `count`, the most frequent first, then by value; nulls are left out.

    Counts of two partitions add up, so what is decided over them can be decided over any number of files.

    Args:
        cells: Cells of one column.

    Example:
        >>> count_values(pl.Series(["a", "b", "a", None])).rows()
        [('a', 2), ('b', 1)]
    """
    frame = pl.DataFrame({VALUE: cells}).drop_nulls()
    return _ordered(frame.group_by(VALUE).agg(pl.len().cast(pl.Int64).alias(COUNT)))


def count_column(batch: Batch, name: str, cells: pl.Series) -> pl.DataFrame:
    """Count each distinct value of a whole batch.

    Args:
        batch: The batch.
        name: Identifies the cells among those that are counted.
        cells: Cells of its rows.
    """
    return _ordered(batch.part.total(f"values of {name}", Tally(count_values(cells), (VALUE,))).counts)


def count_rows(rows: pl.DataFrame, names: Sequence[str], count: str) -> pl.DataFrame:
    """Count the rows with each combination of values of some columns; -0.0 counts as 0.0.

    Args:
        rows: The rows.
        names: The columns.
        count: Name of the column with the counts.
    """
    floats = [name for name in names if rows.schema[name].is_float()]
    zeros = [pl.when(pl.col(name) == 0).then(pl.lit(0.0, rows.schema[name])).otherwise(pl.col(name)).alias(name) for name in floats]
    return rows.select(names).with_columns(zeros).group_by(names).agg(pl.len().cast(pl.Int64).alias(count))


def _ordered(counts: pl.DataFrame) -> pl.DataFrame:
    return counts.sort(COUNT, VALUE, descending=[True, False])
