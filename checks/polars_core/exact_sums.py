"""Add numbers without rounding, so that the order of rows and the bounds of partitions change no digit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from checks.polars_core.values import Value

if TYPE_CHECKING:
    import numpy as np

_SLICE = 2**16  # numbers at a time, which fit into a core's cache
_DIGITS = 36  # bits of a number that are added at once: the sum of a slice is exact as a float
_LEVELS = 4  # times that so many bits are taken, before exponents are looked at one by one
_LARGEST = 2.0**1000  # no number beside which others may be taken apart without overflow
_HALF = 27  # bits of the lower half of a mantissa: the sums of both halves of a slice are exact as floats
_UNIT = 1126  # a float is a whole multiple of 2**-1126


def sum_and_count(cells: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return an expression for the exact sum of numbers, as text, and their count.

    Args:
        cells: The numbers; nulls are left out.
        dtype: Their type.
    """
    total = cells.map_batches(_sum_floats, return_dtype=pl.String, returns_scalar=True) if dtype.is_float() else cells.cast(pl.Int128).sum().cast(pl.String)
    return pl.struct(total=total, count=cells.count())


def add_sums(first: Mapping[str, Any], second: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the sums and the count of two parts."""
    return {name: _add(first[name], second[name]) if isinstance(first[name], str) else first[name] + second[name] for name in first}


def _add(*totals: str) -> str:
    """Return the sum of two totals; what is not finite decides."""
    finite = all(total.lstrip("-").isdigit() for total in totals)
    return str(sum(map(int, totals)) if finite else sum(float(total) for total in totals if not total.lstrip("-").isdigit()))


def sum_value(cells: pl.Expr, dtype: pl.DataType) -> Value:
    """Return the sum of numbers, rounded once."""
    return Value(sum_and_count(cells, dtype), lambda raw: _rounded(raw["total"], 1, is_float=dtype.is_float()), merge="exact sum")


def mean_value(cells: pl.Expr, dtype: pl.DataType) -> Value:
    """Return the mean of numbers, rounded once; NaN of no numbers."""
    return Value(
        sum_and_count(cells, dtype),
        lambda raw: float(_rounded(raw["total"], raw["count"], is_float=dtype.is_float())) if raw["count"] else float("nan"),
        merge="exact sum",
    )


def _rounded(total: str, count: int, *, is_float: bool) -> float | int:
    """Return a sum over a count; Python divides whole numbers of any size and rounds once."""
    if not total.lstrip("-").isdigit():
        return float(total)
    if is_float:
        try:
            return int(total) / (count << _UNIT)
        except OverflowError:
            return -math.inf if total.startswith("-") else math.inf
    return int(total) if count == 1 else int(total) / count


def _sum_floats(cells: pl.Series) -> str:
    """Return the sum in units of 2**-1126; `inf`, `-inf` or `nan` where a number is not finite."""
    import numpy as np  # with the first sum: it takes a while to import

    numbers = cells.drop_nulls().cast(pl.Float64).to_numpy()
    if not np.isfinite(numbers).all():
        return str(cells.sum())
    return str(sum(_sum_slice(numbers[start : start + _SLICE]) for start in range(0, len(numbers), _SLICE)))


def _sum_slice(numbers: np.ndarray[Any, np.dtype[np.float64]]) -> int:
    """Add the leading bits of all floats, then the next ones, until none is left: numbers of like size need two or three rounds.

    The bits of a number that are multiples of `unit` are what is left of it after a large number was added and subtracted again (Ogita, Rump and
    Oishi 2005, "Accurate sum and dot product"). All are whole multiples of one unit and few enough that a float holds their sum.
    """
    import numpy as np  # as above

    total, rest = 0, numbers
    for _ in range(_LEVELS):
        largest = float(max(rest.max(), -rest.min()))
        if largest == 0.0:
            return total
        if largest > _LARGEST:
            break
        unit = math.ldexp(1.5, math.frexp(largest)[1] + 52 - _DIGITS)
        leading = (rest + unit) - unit
        numerator, denominator = float(np.sum(leading)).as_integer_ratio()
        total += (numerator << _UNIT) // denominator
        rest = rest - leading
    return total + _sum_by_exponent(rest)


def _sum_by_exponent(numbers: np.ndarray[Any, np.dtype[np.float64]]) -> int:
    """Split each float into a whole mantissa and an exponent, and add the mantissas of each exponent."""
    import numpy as np  # as above

    mantissas, exponents = np.frexp(numbers)
    whole = (mantissas * 2.0**53).astype(np.int64)
    lowest = int(exponents.min())
    shifts = exponents - lowest
    high, low = np.bincount(shifts, whole >> _HALF), np.bincount(shifts, whole & (2**_HALF - 1))
    total = sum(((int(above) << _HALF) + int(below)) << shift for shift, (above, below) in enumerate(zip(high, low, strict=True)))
    return total << (lowest + _UNIT - 53)
