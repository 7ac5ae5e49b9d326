"""Suggest limits for numbers: wide enough for another day, narrow enough for a changed unit."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import polars as pl

from checks.suggestions import Suggestion, flag_step, severity_by
from checks.suggestions.limits import Range, exception_bound, tolerance_coverage, widened
from checks.suggestions.roles import is_growing, is_identifier, is_never_negative, is_scale
from checks.suggestions.tails import natural_end
from sluice.domain import Column, Message
from sluice.rules.naming.column_names import role

_SCALES = (5.0, 10.0, 100.0)  # ends of the scales of ratings
_MIN_CELLS = 30
_FREQUENT = 0.9  # share of the cells from which on one value is the most frequent by far
_MOSTLY = 0.998  # one rare cell among hundreds is no finding
_MAX_GARBAGE = 0.01  # share of the cells beyond the limits up to which they are mistakes
_RECURS = 3  # so often the same value is no typing error
_LONG_TAIL = 5.0  # times the median from which on the last hundredth of the values lies; of a normal distribution it lies nearer
_MAX_RATIO = 30.0  # a factor of 100 in the unit must be reported
_MIN_RATIO = 3.0


def suggest(column: Column, cells: pl.Series) -> Iterator[Suggestion]:
    """Suggest limits for the cells and for their median; nothing for identifiers and counters.

    Args:
        column: Number or integer column.
        cells: Its cells in the order of their rows, without nulls.
    """
    if column.personal or is_identifier(column.name) or is_growing(cells):
        return
    numbers = cells.cast(pl.Float64).drop_nans()
    numbers = numbers.filter(numbers.is_finite())
    if numbers.len() < _MIN_CELLS:
        return
    ordinary = _apart_from_most_frequent(numbers)
    if (limits := _scale(column, numbers) or (_range(column, numbers, ordinary) if ordinary.len() >= _MIN_CELLS else None)) is not None:
        yield limits
    yield from _median(column, numbers)


def _scale(column: Column, cells: pl.Series) -> Suggestion | None:
    """Suggest the ends of a scale that its name announces: five, ten or a hundred levels; rare cells beyond are mistakes."""
    low, high = _as_float(cells.quantile(0.01)), _as_float(cells.quantile(0.99))
    if not is_scale(column.name) or low < 0 or high > _SCALES[-1] or high <= 1:
        return None
    top = next(end for end in _SCALES if high <= end)
    return _between(column, cells, Range(0.0, top), Message.of("suggested_scale", top=top, low=low, high=high, rows=cells.len()))


def _apart_from_most_frequent(cells: pl.Series) -> pl.Series:
    """Return the other cells where nearly all hold one value: a balance that is mostly 0 says nothing of how large the others are."""
    counts = cells.value_counts().sort("count")
    frequent, number = counts.row(-1)
    others = cells.filter(cells != frequent)
    mostly = _FREQUENT * cells.len() <= number <= cells.len() - _RECURS and _RECURS * others.n_unique() > others.len()  # what recurs is allowed for by itself
    return others if mostly else cells


def _range(column: Column, cells: pl.Series, ordinary: pl.Series) -> Suggestion:
    low, high = _core(ordinary)
    if ordinary.len() < cells.len():
        frequent = _as_float(cells.median())
        low, high = min(low, frequent), max(high, frequent)
    end = natural_end(ordinary, high)
    high = high if end is None else max(low, end)
    limits = widened(low, _with_tail(ordinary, high) if end is None else high, cells.len())
    if is_never_negative(column.name) and low >= 0:  # an impact on a price is a difference, whatever its name says
        least = 0.0 if low <= 0 or cells.len() < 300 else limits.low
        limits = Range(max(least, 0.0), limits.high)
    else:
        bound = max(abs(limits.low), abs(limits.high))  # returns are negative, and so is half of the globe
        limits = Range(-max(high, 1.0) if low >= 0 and role(column.name) == "count" else -bound, bound)  # nobody returns more than is bought
    outward = Range(_rounded(limits.low, math.floor), _rounded(limits.high, math.ceil))
    return _between(column, cells, outward, _describe_range(cells, low, high))


def _with_tail(cells: pl.Series, high: float) -> float:
    """Return the high end of a range; of numbers with a long tail, such as visits of pages, the greatest: what is so far from the median is no garbage."""
    positive = cells.filter(cells > 0)
    median = _as_float(positive.median())
    tail = positive.filter(positive > high)
    long = median > 0 and high > _LONG_TAIL * median and tail.len() > 0 and _as_float(tail.max()) <= high * high / median
    return _as_float(tail.max()) if long else high


def _describe_range(cells: pl.Series, low: float, high: float) -> Message:
    """Say which values a range was taken from, and which lie beyond it: the margin may cover them, or they are garbage."""
    beyond = cells.filter(~cells.is_between(low, high))
    rows = cells.len() - beyond.len()
    reason = Message.of("suggested_range", low=low, high=high, rows=rows, covered=tolerance_coverage(rows))
    if beyond.is_empty():
        return reason
    least, greatest = _as_float(beyond.min()), _as_float(beyond.max())
    return Message.join([reason, Message.of("suggested_beyond", beyond=beyond.len(), least=least, greatest=greatest)])


def _core(cells: pl.Series) -> tuple[float, float]:
    """Return the range of the cells without rare garbage: the middle 98 %, of a small sample what lies near it."""
    low, high = _as_float(cells.quantile(0.01)), _as_float(cells.quantile(0.99))
    if cells.len() >= 1000:
        return low, high
    near_low, near_high = _as_float(cells.quantile(0.05)), _as_float(cells.quantile(0.95))
    wide = widened(near_low, near_high, 1000)
    near = cells.filter(cells.is_between(wide.low, wide.high))
    return _as_float(near.min()), _as_float(near.max())


def _median(column: Column, cells: pl.Series) -> Iterator[Suggestion]:
    """Suggest limits of the median by ratio: what shifts every cell, such as a unit, shifts it too."""
    positive = cells.filter(cells > 0)
    median = _as_float(cells.median())
    if median <= 0 or positive.len() < 0.9 * cells.len() or positive.n_unique() < 2:
        return
    logs = positive.log()
    spread = (_as_float(logs.quantile(0.84)) - _as_float(logs.quantile(0.16))) / 2  # the standard deviation of a normal distribution
    ratio = min(max(_MIN_RATIO, math.exp(5 * 1.25 * spread / math.sqrt(min(cells.len(), 100)))), _MAX_RATIO)
    yield flag_step(
        "expect_column_median_to_be_between",
        Message.of("suggested_median", median=median, ratio=ratio),
        severity_by(cells.len()),
        column=column.name,
        min_value=_rounded(median / ratio, math.floor),
        max_value=_rounded(median * ratio, math.ceil),
    )


def _between(column: Column, cells: pl.Series, limits: Range, reason: Message) -> Suggestion:
    """Suggest limits; where values outside of them recur, or are more than a few, they are no garbage, and the rule allows the share that such cells bound."""
    whole = column.type == "integer"
    low, high = (math.floor(limits.low), math.ceil(limits.high)) if whole else (limits.low, limits.high)
    outside = cells.filter(~cells.is_between(low, high))
    again = int(outside.value_counts().filter(pl.col("count") >= _RECURS)["count"].sum())
    recurring, mostly = outside.len() if outside.len() > _MAX_GARBAGE * cells.len() else again, _MOSTLY
    if recurring:
        mostly = min(mostly, math.floor(1000 * (1 - exception_bound(recurring, cells.len()))) / 1000)
        reason = Message.join([reason, Message.of("suggested_recurring", recurring=recurring)])
    return flag_step("expect_column_values_to_be_between", reason, severity_by(cells.len()), column=column.name, min_value=low, max_value=high, mostly=mostly)


def _as_float(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _rounded(value: float, outwards: Callable[[float], int]) -> float:
    """Round to two digits."""
    if value == 0:
        return 0.0
    step = 10.0 ** (math.floor(math.log10(abs(value))) - 1)
    return round(outwards(value / step) * step, 10)
