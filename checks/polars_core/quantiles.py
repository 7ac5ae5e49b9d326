"""Compute quantiles and the most common values from counts of distinct values, which add up over the parts of a frame."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeAlias

import polars as pl

from checks.polars_core.values import Value

Interpolation: TypeAlias = Literal["linear", "lower", "higher", "midpoint", "nearest"]

VALUE, COUNT = "value", "count"


def quantile_value(cells: pl.Expr, quantiles: Sequence[float], interpolation: Interpolation, finish: Callable[[list[Any]], Any]) -> Value:
    """Return quantiles as Polars computes them of all cells.

    Args:
        cells: The cells; nulls are left out.
        quantiles: Shares of the cells (0 to 1).
        interpolation: What is taken between two cells.
        finish: Converts the quantiles, null where there are no cells, to the value of the metric.
    """
    counted = cells.drop_nulls().sort().rle().struct.rename_fields([COUNT, VALUE])
    return Value(counted.implode(), lambda counts: finish([quantile_of(counts, quantile, interpolation) for quantile in quantiles]), merge="counts")


def most_common_value(cells: pl.Expr) -> Value:
    """Return the most common values, in the order of their texts."""
    counted = cells.drop_nulls().value_counts().struct.rename_fields([VALUE, COUNT])

    def finish(counts: pl.Series) -> list[Any]:
        frame = counts.struct.unnest()
        return sorted(frame.filter(pl.col(COUNT) == pl.col(COUNT).max())[VALUE].to_list(), key=str)

    return Value(counted.implode(), finish, merge="counts")


def quantile_of(counts: pl.Series, quantile: float, interpolation: Interpolation) -> Any:  # noqa: ANN401  # a value of a column
    """Return a quantile of the cells that were counted; None of none.

    Args:
        counts: Distinct values in ascending order and how often each occurs (`value`, `count`).
        quantile: Share of the cells (0 to 1).
        interpolation: What is taken between two cells.

    Example:
        >>> quantile_of(pl.Series([{"value": 1, "count": 3}, {"value": 9, "count": 1}]), 0.5, "nearest")
        1.0
    """
    frame = counts.struct.unnest()
    if frame.is_empty():
        return None
    upto = frame[COUNT].cum_sum()
    place = (int(upto[-1]) - 1) * quantile
    below, above = _neighbours(place, interpolation)
    between = frame[VALUE].gather([int(upto.search_sorted(rank + 1)) for rank in (below, above)])
    numbers = between.cast(pl.Int8) if between.dtype == pl.Boolean else between
    return numbers.quantile(place - below if above > below else 0.0, interpolation)


def _neighbours(place: float, interpolation: Interpolation) -> tuple[int, int]:
    """Return the ranks of the cells beside a place, which are one where no value between two cells is asked for."""
    if interpolation == "nearest":
        rank = math.floor(place) + (place % 1 >= 0.5)
        return rank, rank
    below, above = math.floor(place), math.ceil(place)
    return {"lower": (below, below), "higher": (above, above)}.get(interpolation, (below, above))


def add_counts(first: pl.Series, second: pl.Series) -> pl.Series:
    """Return the counts of two parts, in ascending order of the values."""
    both = pl.concat([part.struct.unnest().select(VALUE, COUNT) for part in (first, second)])
    return both.group_by(VALUE).agg(pl.col(COUNT).sum()).sort(VALUE).select(VALUE, COUNT).to_struct()
