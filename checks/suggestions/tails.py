"""Tell the tail of a distribution from values of another one, such as prices of which some were written in cents."""

from __future__ import annotations

import math

import polars as pl

_MAX_EXCESS = 1.2  # mean log distance beyond a quantile: a Pareto tail of shape .83, whose mean is infinite
_QUANTILES = (0.95, 0.99)
_MIN_BEYOND = 5  # values beyond a quantile from which on their mean says something
_Z_90, _Z_SCORE = 1.2816, 2.8  # of a normal distribution: its 90th percentile, and what one of 400 values exceeds


def natural_end(cells: pl.Series, high: float) -> float | None:
    """Return the end that numbers are expected to have by their upper half; None where the tail is their own, whose values say more.

    The mean log distance beyond a quantile is Hill's estimator of the shape of a tail (Annals of Statistics 3, 1975). Of numbers of which some are times 100
    it is larger than that of any tail of prices, counts or views.

    Args:
        cells: Numbers.
        high: High end of their core, which is no less than their 90th percentile.

    Example:
        >>> prices = pl.Series([10.0 + number % 7 for number in range(1000)] + [1200.0] * 20)
        >>> 16 < natural_end(prices, 1200.0) < 40
        True
    """
    positive = cells.filter(cells > 0)
    if positive.len() < _MIN_BEYOND or not any(_mean_excess(positive, quantile) > _MAX_EXCESS for quantile in _QUANTILES):
        return None
    median, ninth = (_quantile(positive, quantile) for quantile in (0.5, 0.9))
    return min(high, max(median * math.exp(_Z_SCORE / _Z_90 * math.log(ninth / median)), ninth))


def _mean_excess(positive: pl.Series, quantile: float) -> float:
    start = _quantile(positive, quantile)
    beyond = positive.filter(positive > start)
    return _as_float((beyond / start).log().mean()) if beyond.len() >= _MIN_BEYOND else 0.0


def _quantile(cells: pl.Series, quantile: float) -> float:
    return _as_float(cells.quantile(quantile))


def _as_float(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
