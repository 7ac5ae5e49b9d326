"""Summarise the numbers and times of a column, and the lengths of its texts, by what adds up exactly."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from sluice.domain import Greatest, Least
from sluice.worker.profiling.limits import slices_of

_NARROW = (pl.UInt32, pl.Int32)  # the sum of so few bits fits into 64
_UNITS = 2**60


def measured(cells: pl.Series) -> pl.Series:
    """Return numbers as they are, without those that are not finite, and times as whole days or microseconds since 1970.

    Args:
        cells: Cells of one column, without nulls.
    """
    if cells.dtype.is_float():
        return cells.filter(cells.is_finite())
    return cells.to_physical() if cells.dtype.is_temporal() else cells


def as_text(numbers: pl.Series, dtype: pl.DataType) -> list[str]:
    """Return measured numbers in the form of their column.

    Args:
        numbers: What `measured` returned, or quantiles or means of it.
        dtype: Type of the column.

    Example:
        >>> as_text(pl.Series([1, 2]), pl.Date()), as_text(pl.Series([2.5]), pl.Float64())
        (['1970-01-02', '1970-01-03'], ['2.5'])
    """
    return (numbers.round().cast(pl.Int64).cast(dtype).dt.to_string("iso") if dtype.is_temporal() else numbers.cast(pl.String)).to_list()


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """Summarise numbers.

    Attributes:
        total: Their sum in units of `2**-60`, which is exact for whole numbers and for fractions of up to 60 binary digits; the others are cut there.
        count: Number of them.
        beyond: Number of those that are too large to be added, from `2**67` on.
        least: The least number; None where there is none.
        greatest: The greatest one.
    """

    total: int
    count: int
    beyond: int = 0
    least: Any = None
    greatest: Any = None

    @classmethod
    def of(cls, cells: pl.Series, numbers_of: Callable[[pl.Series], pl.Series]) -> Measure:
        """Summarise the numbers of cells without nulls.

        Args:
            cells: The cells.
            numbers_of: Returns the numbers of some of them.
        """
        parts = [cls._of(numbers_of(part)) for part in slices_of(cells)]
        return functools.reduce(cls.merge, parts) if parts else cls._of(numbers_of(cells))

    @classmethod
    def _of(cls, numbers: pl.Series) -> Measure:
        if numbers.dtype.is_float():
            units = (numbers * float(_UNITS)).cast(pl.Int128, strict=False)
            total, beyond = units.sum(), units.null_count()
        else:
            total, beyond = numbers.cast(pl.Int64 if numbers.dtype in _NARROW else pl.Int128).sum() * _UNITS, 0
        return cls(int(total), len(numbers), beyond, numbers.min(), numbers.max())

    def merge(self, other: Measure) -> Measure:
        """Return the summary of both."""
        least, greatest = Least(self.least).merge(Least(other.least)).value, Greatest(self.greatest).merge(Greatest(other.greatest)).value
        return Measure(self.total + other.total, self.count + other.count, self.beyond + other.beyond, least, greatest)

    @property
    def mean(self) -> float | None:
        """Return the mean; None where there are no numbers, or some that are too large to be added."""
        return self.total / (self.count * _UNITS) if self.count and not self.beyond else None
