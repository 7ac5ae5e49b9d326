"""Compute the standard deviation of numbers from exact sums, so that the order of rows and the bounds of partitions change no digit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from checks.polars_core.exact_sums import sum_and_count
from checks.polars_core.values import Value

if TYPE_CHECKING:
    import numpy as np

_SLICE = 2**15  # numbers at a time: the sums of their products of two limbs are exact as floats
_LIMB = 18  # bits of a third of a mantissa
_UNIT = 1126  # a float is a whole multiple of 2**-1126
_HALF = 32  # bits of the lower half of an integer: no sum of squares of halves overflows
_BITS = 128  # bits of a root before it is rounded to a float


def deviation_value(cells: pl.Expr, dtype: pl.DataType) -> Value:
    """Return the standard deviation of a sample, rounded once; NaN of fewer than two numbers, and where one is not finite.

    Args:
        cells: The numbers; nulls are left out.
        dtype: Their type.
    """
    squares = cells.map_batches(_square_floats, return_dtype=pl.String, returns_scalar=True) if dtype.is_float() else _square_integers(cells)
    expr = pl.struct(sum_and_count(cells, dtype).struct.unnest(), squares=squares)
    return Value(expr, lambda raw: _deviation(raw, _UNIT if dtype.is_float() else 0), merge="exact sum")


def _deviation(raw: Mapping[str, Any], unit: int) -> float:
    """Return the deviation from the sum of numbers in units of 2**-unit and that of their squares in units of 2**-2unit."""
    count = raw["count"]
    if count < 2 or not all(raw[name].lstrip("-").isdigit() for name in ("total", "squares")):
        return math.nan
    spread = count * int(raw["squares"]) - int(raw["total"]) ** 2
    return _root(spread, count * (count - 1) << 2 * unit)


def _root(numerator: int, denominator: int) -> float:
    """Return the square root of a fraction, rounded once."""
    shift = max(_BITS - (numerator.bit_length() - denominator.bit_length()) // 2, 0)
    whole, rest = divmod(numerator << 2 * shift, denominator)
    root = math.isqrt(whole)
    inexact = rest != 0 or root * root != whole  # the last bit says which way a tie is rounded
    try:
        return (root << 1 | inexact) / (1 << shift + 1)
    except OverflowError:
        return math.inf


def _square_integers(cells: pl.Expr) -> pl.Expr:
    """Return an expression for the exact sum of the squares of integers, as text."""
    return cells.cast(pl.Int128).map_batches(_square_halves, return_dtype=pl.String, returns_scalar=True)


def _square_halves(cells: pl.Series) -> str:
    number, half, high, low = pl.col("number"), pl.lit(2**_HALF, pl.Int128), pl.col("high"), pl.col("low")
    halves = pl.DataFrame({"number": cells.drop_nulls()}).select(high=number // half, low=number - number // half * half)
    first, both, last = map(int, halves.select((high * high).sum(), (high * low).sum().alias("both"), (low * low).sum()).row(0))
    return str((first << 2 * _HALF) + (both << _HALF + 1) + last)


def _square_floats(cells: pl.Series) -> str:
    """Return the sum of squares in units of 2**-2252; `nan` where a number is not finite."""
    numbers = cells.drop_nulls().cast(pl.Float64)
    if not numbers.is_finite().all():
        return "nan"
    return str(sum(_square_slice(numbers[start : start + _SLICE].to_numpy()) for start in range(0, len(numbers), _SLICE)))


def _square_slice(numbers: np.ndarray[Any, np.dtype[np.float64]]) -> int:
    """Square whole mantissas in three limbs, and add the products of each exponent."""
    import numpy as np  # with the first deviation: it takes a while to import

    mantissas, exponents = np.frexp(np.abs(numbers))
    whole = (mantissas * 2.0**53).astype(np.int64)
    lowest = int(exponents.min())
    shifts = exponents - lowest
    high, middle, low = whole >> 2 * _LIMB, (whole >> _LIMB) & (2**_LIMB - 1), whole & (2**_LIMB - 1)
    products = (low * low, 2 * middle * low, 2 * high * low + middle * middle, 2 * high * middle, high * high)
    total = 0
    for place, product in enumerate(products):
        sums = np.bincount(shifts, product)
        total += sum(int(sums[shift]) << _LIMB * place + 2 * int(shift) for shift in np.flatnonzero(sums))
    return total << 2 * (lowest + _UNIT - 53)
