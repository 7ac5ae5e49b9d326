"""Statistics of a column are those of all rows, in whatever order its parts are merged."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, get_args

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.polars_core import Metric
from checks.polars_core.merging import Unfinished
from checks.polars_core.quantiles import Interpolation, quantile_of
from checks.polars_core.scan import scan
from sluice.domain import Greatest, Least, merge_summaries

FLOATS = st.none() | st.floats(allow_infinity=False) | st.sampled_from([0.0, -0.0, math.nan, 1.5, 1e300, 5e-324])
METRICS = [
    "column.min",
    "column.max",
    "column.median",
    "column.standard_deviation",
    "column.most_common_value",
    "column.distinct_values.not_in_set",
]
SHARES = [0, 0.05, 0.1, 0.25, 1 / 3, 0.5, 0.95, 1]


def computed(parts: Sequence[pl.DataFrame], *metrics: Metric) -> list[Any]:
    """Return the metrics of a frame that comes in parts."""
    values = [metric.value(parts[0].schema) for metric in metrics]
    summaries: list[Unfinished] = []

    def collect(unfinished: Unfinished) -> Unfinished:
        summaries.append(unfinished)
        return unfinished

    for part in parts:
        scan(part, values, total=collect)
    merged = summaries[0]
    for summary in summaries[1:]:
        merged = merge_summaries(merged, summary)
    return scan(parts[0].clear(), values, total=lambda _: merged).values


@settings(max_examples=30)
@given(numbers=st.lists(FLOATS, max_size=30), seed=st.integers(0, 99), count=st.integers(2, 5))
def test_no_digit_depends_on_the_order_of_the_parts(numbers: list[float | None], seed: int, count: int) -> None:
    metrics = [Metric(name, {"column": "x"}, {"value_set": [1.5]}) for name in METRICS]
    parts = [pl.DataFrame({"x": pl.Series(numbers[part::count], dtype=pl.Float64)}) for part in range(count)]
    whole = computed([pl.concat(parts)], *metrics)
    random.Random(seed).shuffle(parts)
    assert repr(computed(parts, *metrics)) == repr(whole)


@given(
    numbers=st.lists(st.floats(allow_nan=False, allow_infinity=False)), share=st.sampled_from(SHARES), interpolation=st.sampled_from(get_args(Interpolation))
)
def test_a_quantile_is_that_of_polars(numbers: list[float], share: float, interpolation: Interpolation) -> None:
    cells = pl.Series(numbers, dtype=pl.Float64)
    counts = cells.sort().rle().struct.rename_fields(["count", "value"])
    assert quantile_of(counts, share, interpolation) == cells.quantile(share, interpolation)


@given(numbers=st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**63), 2**63 - 1).map(float), min_size=2))
def test_a_deviation_of_floats_is_rounded_once(numbers: list[float]) -> None:
    (deviation,) = computed([pl.DataFrame({"x": numbers})], Metric("column.standard_deviation", {"column": "x"}))
    assert_nearest_root(deviation, numbers)


@given(numbers=st.lists(st.integers(-(2**63), 2**63 - 1), min_size=2))
def test_a_deviation_of_integers_is_rounded_once(numbers: list[int]) -> None:
    (deviation,) = computed([pl.DataFrame({"x": pl.Series(numbers, dtype=pl.Int64)})], Metric("column.standard_deviation", {"column": "x"}))
    assert_nearest_root(deviation, numbers)


def assert_nearest_root(deviation: float, numbers: Sequence[float]) -> None:
    mean = sum(map(Fraction, numbers)) / len(numbers)
    variance = sum(((Fraction(number) - mean) ** 2 for number in numbers), Fraction()) / (len(numbers) - 1)
    if math.isinf(deviation):
        assert variance > Fraction(1.79e308) ** 2
        return
    above = math.nextafter(deviation, math.inf)
    high = (Fraction(deviation) + Fraction(above)) / 2 if math.isfinite(above) else Fraction(deviation) * 2
    low = max((Fraction(deviation) + Fraction(math.nextafter(deviation, -math.inf))) / 2, Fraction())
    assert low**2 <= variance <= high**2


@pytest.mark.parametrize("numbers", [[], [1.0], [1.0, math.inf]])
def test_there_is_no_deviation_of_one_number_or_of_infinite_ones(numbers: list[float]) -> None:
    (deviation,) = computed([pl.DataFrame({"x": pl.Series(numbers, dtype=pl.Float64)})], Metric("column.standard_deviation", {"column": "x"}))
    assert math.isnan(deviation)


@pytest.mark.parametrize("values", [(math.nan, 1.0, 2.0), (2.0, math.nan, 1.0), (1.0, 2.0, math.nan)])
def test_nan_is_neither_least_nor_greatest(values: tuple[float, ...]) -> None:
    first, second, third = values
    assert Least(first).merge(Least(second)).merge(Least(third)) == Least(1.0)
    assert Greatest(first).merge(Greatest(second)).merge(Greatest(third)) == Greatest(2.0)


def test_zeros_of_either_sign_have_one_order() -> None:
    assert [repr(Least(first).merge(Least(second)).value) for first, second in ((0.0, -0.0), (-0.0, 0.0))] == ["-0.0", "-0.0"]
    assert [repr(Greatest(first).merge(Greatest(second)).value) for first, second in ((0.0, -0.0), (-0.0, 0.0))] == ["0.0", "0.0"]
