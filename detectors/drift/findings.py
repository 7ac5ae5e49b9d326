"""Describe shifts by statistics only, never by a cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.drift.histograms import HistogramBins
from detectors.drift.shift_tests import Shift, distance, mean_rank_shift

PARTS = {
    "number": "{}",
    "length": "the length of {}",
    "letters": "the share of letters in {}",
    "capitals": "the share of capitals in {}",
    "digits": "the share of digits in {}",
    "marks": "the share of punctuation and symbols in {}",
    "foreign": "the share of characters beyond ASCII in {}",
}
ROUNDS = 0.0005  # a move of the median below it is none


def describe_shift(shift: Shift, bins: HistogramBins, reference: NDArray[np.int64], now: NDArray[np.int64]) -> str:
    """Describe what moved, in which direction, and how unusual that is.

    Args:
        shift: Of one channel.
        bins: How that is counted.
        reference: [batches, bins] of the accepted batches.
        now: [bins] of the batch.
    """
    pooled = reference.sum(axis=0)
    usual = f"{abs(shift.deviations):.0f} sd of the usual difference between batches"
    over = usual if shift.how == "sudden" else f"{abs(shift.deviations):.1f} sd in each of the newest batches"
    return f"{_moved(bins, pooled, now)} than in the accepted past, {over}"


def _moved(bins: HistogramBins, pooled: NDArray[np.int64], now: NDArray[np.int64]) -> str:
    kind, column = bins.channel.kind, bins.channel.column
    if kind == "hour":
        hours = float(_mean(now) - _mean(pooled))
        return f"{column} is on average {abs(hours):.1f} hours {'later' if hours > 0 else 'earlier'} in the day"
    if not bins.ordered:
        what = f"whether {column} is null" if kind == "presence" else f"the mix of {column}"
        return f"{what} is another in {float(distance(now, pooled, ordered=False)):.1%} of the rows"
    name = f"the time from {bins.channel.origin} to {column}" if kind == "gap" else PARTS[kind].format(column)
    before, after = bins.median(pooled), bins.median(now)
    if before and after is not None and abs(after / before - 1) >= ROUNDS:
        return f"{name} is {abs(after / before - 1) * 100:.1f} % {'higher' if after > before else 'lower'} at the median"
    up = float(mean_rank_shift(now, pooled))
    return f"{name} is {'higher' if up > 0 else 'lower'} by {abs(up) * 100:.1f} % of the ranks"


def _mean(counts: NDArray[np.int64]) -> float:
    return float(counts @ np.arange(len(counts)) / max(counts.sum(), 1))
