"""Summarise rows for the profile of their columns, so that parts of a batch give what the whole batch gives.

Counts, sums, least and greatest values add up. All else is read from a sample: the rows with the least hashes of their ids, which are the same however
the rows are divided (bottom-k sampling: Cohen and Kaplan 2007, "Summarizing data using bottom-k sketches").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from sluice.domain import ROW, Column, ColumnProfile
from sluice.worker.profiling.columns import ColumnSummary
from sluice.worker.profiling.finishing import finish
from sluice.worker.profiling.limits import LIMITS, Limits

_KEY = "key"


@dataclass(frozen=True, slots=True, eq=False)
class RowsSummary:
    """Summarise rows.

    Attributes:
        declared: The declared columns.
        limits: How much is kept.
        rows: Number of rows.
        summaries: Summary of each column.
        sample: Some rows in the order of `key`: `<number of a column>` its cell, `<number>.length` the length of its text.
    """

    declared: tuple[Column, ...]
    limits: Limits
    rows: int
    summaries: tuple[ColumnSummary, ...]
    sample: pl.DataFrame

    @classmethod
    def of(cls, rows: pl.DataFrame, declared: Sequence[Column], limits: Limits = LIMITS) -> RowsSummary:
        """Summarise rows.

        Args:
            rows: Rows with their ids; a declared column that they lack is null.
            declared: The declared columns.
            limits: How much is kept.
        """
        keys = rows[ROW].hash()
        chosen = _least(keys, limits.sample)
        columns = [_cells(rows, column) for column in declared]
        sampled = [cells.gather(chosen) for cells in columns]
        summaries = (ColumnSummary.of(column, cells, limits, part) for column, cells, part in zip(declared, columns, sampled, strict=True))
        sample = [series for number, column in enumerate(declared) for series in _sample_columns(number, column, sampled[number], limits)]
        return cls(tuple(declared), limits, rows.height, tuple(summaries), pl.DataFrame([keys.gather(chosen).alias(_KEY), *sample]).sort(_KEY))

    def merge(self, other: RowsSummary) -> RowsSummary:
        """Return the summary of both."""
        both = pl.concat([self.sample, other.sample])
        sample = both.gather(_least(both[_KEY], self.limits.sample)).sort(_KEY)
        summaries = (first.merge(second) for first, second in zip(self.summaries, other.summaries, strict=True))
        return RowsSummary(self.declared, self.limits, self.rows + other.rows, tuple(summaries), sample)

    def columns(self) -> list[ColumnProfile]:
        """Return the profile of each column."""
        whole = self.rows == self.sample.height
        parts = ((self.sample.get_column(name, default=None) for name in (f"{number}", f"{number}.length")) for number in range(len(self.declared)))
        return [
            finish(column, summary, self.rows, self.limits, *part, whole=whole)
            for column, summary, part in zip(self.declared, self.summaries, parts, strict=True)
        ]


def _least(keys: pl.Series, count: int) -> pl.Series:
    """Return the positions of the least keys."""
    if len(keys) <= count:
        return pl.int_range(len(keys), eager=True)
    return (keys <= keys.bottom_k(count).max()).arg_true()


def _cells(rows: pl.DataFrame, column: Column) -> pl.Series:
    cells = rows.get_column(column.name, default=None)
    return pl.repeat(None, rows.height, dtype=column.dtype, eager=True) if cells is None else cells.cast(column.dtype)


def _sample_columns(number: int, column: Column, cells: pl.Series, limits: Limits) -> Iterator[pl.Series]:
    """Yield what the sample keeps of a column: nothing of a personal one but the lengths of its texts."""
    if column.type == "string":
        yield cells.str.len_chars().alias(f"{number}.length")
    if not column.personal:
        yield (cells.str.head(limits.text) if column.type == "string" else cells).alias(f"{number}")
