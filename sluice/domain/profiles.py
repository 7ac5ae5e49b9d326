"""Describe the columns of a batch: what their cells were like, as numbers, and as few of the values themselves as people need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Protocol, Self

QUANTILES: tuple[float, ...] = (0.01, *(step / 40 for step in range(1, 40)), 0.99)
"""Shares of the rows of which a profile keeps the quantile; so many that two batches can be compared by them."""

MAIN_QUANTILES: tuple[float, ...] = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
"""Those that people look at."""

Share = tuple[str, int]
"""A value or pattern, as text, and the number of rows that have it."""


@dataclass(frozen=True, slots=True)
class Lengths:
    """Describe how long the texts of a column are, in characters.

    Attributes:
        least: Of the shortest one.
        greatest: Of the longest one.
        mean: On average.
        quantiles: At the shares `QUANTILES`.
    """

    least: int
    greatest: int
    mean: float
    quantiles: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """Describe the cells of one column of a batch. Counts are exact unless it is said; values are text, so that erasing one leaves none behind.

    Attributes:
        column: Name of the column.
        type: Its declared type.
        rows: Number of rows.
        nulls: Number of rows without a value.
        empty: Number of rows with an empty text.
        distinct: Number of distinct values, or its estimate.
        distinct_error: Standard error of the estimate, as a share of it; 0 where it is exact.
        sampled: Number of values from which quantiles and patterns are taken, and top values that are no exact counts; all where there are few.
        lengths: Of texts; None for other types.
        least: Least number or time; None for other types, and for personal columns, as all that follows.
        greatest: Greatest number or time.
        mean: Mean of the numbers or times.
        quantiles: Quantiles of the numbers or times at the shares `QUANTILES`.
        top: Most frequent values.
        top_exact: Whether their counts are exact; otherwise they are estimated from the sample.
        patterns: Most frequent patterns of texts in the sample, with their number of rows in it.
    """

    column: str
    type: str
    rows: int
    nulls: int
    empty: int
    distinct: int
    distinct_error: float = 0.0
    sampled: int = 0
    lengths: Lengths | None = None
    least: str | None = None
    greatest: str | None = None
    mean: str | None = None
    quantiles: tuple[str, ...] = ()
    top: tuple[Share, ...] = ()
    top_exact: bool = True
    patterns: tuple[Share, ...] = ()

    @property
    def filled(self) -> int:
        """Return the number of rows with a value."""
        return self.rows - self.nulls

    def masked(self) -> ColumnProfile:
        """Return the profile without any value of a cell."""
        return ColumnProfile(**{name: getattr(self, name) for name in (*_COUNTS, "lengths")}, column=self.column, type=self.type)

    def counts(self) -> Mapping[str, Any]:
        """Return what of the profile is no value of a cell, for JSON."""
        shares = {name: [count for _, count in getattr(self, name)] for name in _SHARES}
        return {**{name: getattr(self, name) for name in _COUNTS}, "lengths": asdict(self.lengths) if self.lengths else None, **shares}

    def values(self) -> Mapping[str, Any]:
        """Return what of the profile is a value of a cell, or shows the form of one, for JSON: all of it text, so that each can be found and replaced."""
        shares = {name: [text for text, _ in getattr(self, name)] for name in _SHARES}
        return {**{name: getattr(self, name) for name in _VALUES}, "quantiles": list(self.quantiles), **shares}

    @classmethod
    def of(cls, column: str, kind: str, counts: Mapping[str, Any], values: Mapping[str, Any]) -> ColumnProfile:
        """Return the profile that `counts` and `values` describe."""
        lengths = counts["lengths"]
        shares: dict[str, Any] = {name: tuple(zip(values[name], counts[name], strict=True)) for name in _SHARES}
        return cls(
            column,
            kind,
            **{name: counts[name] for name in _COUNTS},
            lengths=Lengths(**{**lengths, "quantiles": tuple(lengths["quantiles"])}) if lengths else None,
            **{name: values[name] for name in _VALUES},
            quantiles=tuple(values["quantiles"]),
            **shares,
        )


_COUNTS = ("rows", "nulls", "empty", "distinct", "distinct_error", "sampled", "top_exact")
_SHARES = ("top", "patterns")
_VALUES = ("least", "greatest", "mean")


@dataclass(frozen=True, slots=True)
class BatchProfile:
    """Describe the columns of the rows of one batch.

    Attributes:
        run: Id of its run.
        at: End of the batch.
        columns: Profile of each column, in the order of the declaration.
    """

    run: str
    at: datetime
    columns: tuple[ColumnProfile, ...] = field(default=())

    def column(self, name: str) -> ColumnProfile | None:
        """Return the profile of a column; None where it has none."""
        return next((column for column in self.columns if column.column == name), None)


class RowSummary(Protocol):
    """Summarise rows so that the summaries of two parts give exactly that of both, in any order and grouping."""

    def merge(self, other: Self) -> Self:
        """Return the summary of both."""
        ...

    def columns(self) -> Sequence[ColumnProfile]:
        """Return the profile of each column."""
        ...
