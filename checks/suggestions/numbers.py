"""Suggest limits for numbers: wide enough for rare values, narrow enough for a shifted decimal point."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import polars as pl

from checks.suggestions import Suggestion, suggest_step
from sluice.domain import Column

_MAX_LEVELS = 12  # distinct whole numbers of a scale, such as a rating
_MIN_CELLS = 30


def suggest(column: Column, cells: pl.Series) -> Iterator[Suggestion]:
    """Suggest exact limits for a scale of few whole numbers, else the middle 99 % of the cells and as much again on either side.

    Args:
        column: Number or integer column.
        cells: Its cells, without nulls.
    """
    cells = cells.cast(pl.Float64).drop_nans()
    if cells.len() < _MIN_CELLS:
        return
    distinct = cells.n_unique()
    common = cells.value_counts().filter(pl.col("count") >= max(2, cells.len() / 1000))[cells.name]
    if column.type == "integer" and distinct <= _MAX_LEVELS and common.len() > 1:
        low, high = _as_float(common.min()), _as_float(common.max())
        yield _between(column, cells, low, high, f"{common.len()} whole numbers, {low:g} to {high:g}")
        return
    low, high = _as_float(cells.quantile(0.005)), _as_float(cells.quantile(0.995))
    margin = high - low
    floor = 0.0 if low >= 0 else low - margin
    reason = f"99% lie between {low:,.4g} and {high:,.4g}; as much again is allowed on either side"
    yield _between(column, cells, _rounded(floor, math.floor), _rounded(high + margin, math.ceil), reason)


def _between(column: Column, cells: pl.Series, low: float, high: float, reason: str) -> Suggestion:
    """Suggest limits that hold rows only where none of the given cells would be held."""
    all_within = bool(cells.is_between(low, high).all())
    bounds = (int(low), int(high)) if column.type == "integer" else (low, high)
    return suggest_step(
        "expect_column_values_to_be_between", reason, "critical" if all_within else "warning", column=column.name, min_value=bounds[0], max_value=bounds[1]
    )


def _as_float(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _rounded(value: float, outwards: Callable[[float], int]) -> float:
    """Round to two digits."""
    if value == 0:
        return 0.0
    step = 10.0 ** (math.floor(math.log10(abs(value))) - 1)
    return round(outwards(value / step) * step, 10)
