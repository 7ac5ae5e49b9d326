"""Sums are exact: the order of rows and the bounds of parts change no digit."""

from __future__ import annotations

import functools
import math
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from checks.polars_core.exact_sums import mean_value, sum_value
from checks.polars_core.merging import Unfinished, finish
from checks.polars_core.values import Value

FLOATS = st.lists(st.none() | st.floats(allow_nan=False, allow_infinity=False), max_size=12)


def merged(value: Value, parts: list[pl.Series]) -> Any:  # a number
    """Return the value of several parts."""
    results = [Unfinished([part.to_frame().select(value.expr).item()], [value.merge]) for part in parts]
    (finished,) = finish([value], functools.reduce(Unfinished.merge, results))
    return finished


@given(cells=FLOATS, cut=st.integers(0, 12))
@example(cells=[1e308, 1e308], cut=1)
@example(cells=[-1e308, -1e308], cut=1)
def test_floats_are_rounded_once(cells: list[float | None], cut: int) -> None:
    series, present = pl.Series("x", cells, dtype=pl.Float64), [cell for cell in cells if cell is not None]
    exact = sum(map(Fraction, present), Fraction())
    expected = _rounded(exact)
    for parts in ([series], [series[:cut], series[cut:]], [series[cut:], series[:cut]]):
        assert merged(sum_value(pl.col("x"), pl.Float64()), parts) == expected
        mean = merged(mean_value(pl.col("x"), pl.Float64()), parts)
        assert mean == _rounded(exact / len(present)) if present else math.isnan(mean)


def _rounded(exact: Fraction) -> float:
    try:
        return float(exact)
    except OverflowError:
        return math.inf if exact > 0 else -math.inf


@pytest.mark.parametrize(("cells", "expected"), [([1e308, math.inf], math.inf), ([-math.inf, 0.0], -math.inf), ([math.inf, -math.inf], math.nan)])
def test_numbers_that_are_not_finite_stay_so(cells: list[float], expected: float) -> None:
    value = sum_value(pl.col("x"), pl.Float64())
    for parts in ([cells], [[cell] for cell in cells]):
        assert merged(value, [pl.Series("x", part, dtype=pl.Float64) for part in parts]) == pytest.approx(expected, nan_ok=True)


def test_integers_do_not_overflow() -> None:
    cells = pl.Series("x", [2**62, 2**62, 2**62, 2])
    assert merged(sum_value(pl.col("x"), pl.Int64()), [cells[:1], cells[1:]]) == 3 * 2**62 + 2
    assert merged(mean_value(pl.col("x"), pl.Int64()), [cells]) == (3 * 2**62 + 2) / 4


@given(
    cells=st.lists(st.floats(-1e12, 1e12) | st.sampled_from([5e-324, 2.0**-36, 1 - 2.0**-53, 2.0**52 - 1]), min_size=1, max_size=12), times=st.integers(1, 9000)
)
@example(cells=[1 - 2.0**-53], times=2**17)
def test_many_numbers_are_added_slice_by_slice(cells: list[float], times: int) -> None:
    series = pl.Series("x", cells * times, dtype=pl.Float64)
    assert merged(sum_value(pl.col("x"), pl.Float64()), [series]) == _rounded(sum(map(Fraction, cells), Fraction()) * times)
