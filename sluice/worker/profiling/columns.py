"""Summarise the cells of one column."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from sluice.domain import Column, merge_summaries
from sluice.worker.profiling.limits import Limits
from sluice.worker.profiling.measures import Measure, measured
from sluice.worker.profiling.tallies import Distinct


@dataclass(frozen=True, slots=True, eq=False)
class ColumnSummary:
    """Summarise the cells of one column; of a personal column, without any value.

    Attributes:
        nulls: Number of rows without a value.
        empty: Number of rows with an empty text.
        distinct: The distinct values.
        numbers: Numbers and times; None for other types.
        lengths: Lengths of texts; None for other types.
    """

    nulls: int
    empty: int
    distinct: Distinct
    numbers: Measure | None = None
    lengths: Measure | None = None

    @classmethod
    def of(cls, column: Column, cells: pl.Series, limits: Limits, sampled: pl.Series) -> ColumnSummary:
        """Summarise cells.

        Args:
            column: The column.
            cells: Its cells.
            limits: How much is kept.
            sampled: Some of the cells.
        """
        filled, is_text = cells.drop_nulls() if cells.null_count() else cells, cells.dtype == pl.String
        distinct = Distinct.of(filled, limits, values=not column.personal, surely_many=sampled.n_unique() - 1 > limits.counted)
        numbers = Measure.of(filled, measured) if has_numbers(column) else None
        lengths = Measure.of(filled, lambda texts: texts.str.len_chars()) if is_text else None
        empty = int((filled == "").sum()) if lengths and lengths.least == 0 else 0
        return cls(cells.null_count(), empty, distinct, numbers, lengths)

    def merge(self, other: ColumnSummary) -> ColumnSummary:
        """Return the summary of both."""
        pairs = ((self.numbers, other.numbers), (self.lengths, other.lengths))
        return ColumnSummary(
            self.nulls + other.nulls, self.empty + other.empty, self.distinct.merge(other.distinct), *(merge_summaries(*pair) for pair in pairs)
        )


def has_numbers(column: Column) -> bool:
    """Return True for columns of whose numbers or times something may be kept."""
    return not column.personal and column.type in ("integer", "number", "date", "timestamp")
