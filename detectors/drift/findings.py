"""Describe shifts by statistics only, never by a cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.drift.histograms import HistogramBins
from detectors.drift.shift_tests import Shift, distance, mean_rank_shift
from sluice.domain import Message

FEATURES = {
    "length": "feature_length",
    "letters": "feature_letters",
    "capitals": "feature_capitals",
    "digits": "feature_digits",
    "marks": "feature_marks",
    "foreign": "feature_foreign",
}
ROUNDS = 0.0005  # a move of the median below it is none


def describe_shift(shift: Shift, bins: HistogramBins, reference: NDArray[np.int64], now: NDArray[np.int64]) -> Message:
    """Describe what moved, in which direction, and how unusual that is.

    Args:
        shift: Shift of one feature.
        bins: How the feature is counted.
        reference: [batches, bins] of the accepted batches.
        now: [bins] of the batch.
    """
    moved = _moved(bins, reference.sum(axis=0), now)
    return Message.of("shift_sudden" if shift.how == "sudden" else "shift_slow", moved=moved, deviations=abs(shift.deviations))


def _moved(bins: HistogramBins, pooled: NDArray[np.int64], now: NDArray[np.int64]) -> Message:
    kind, column = bins.channel.kind, bins.channel.column
    if kind == "hour":
        hours = float(_mean(now) - _mean(pooled))
        return Message.of("hours_later" if hours > 0 else "hours_earlier", column=column, hours=abs(hours))
    if not bins.ordered:
        return Message.of("presence_changed" if kind == "presence" else "mix_changed", column=column, share=float(distance(now, pooled, ordered=False)))
    feature = Message.of("feature_gap", origin=bins.channel.origin, column=column) if kind == "gap" else _feature(kind, column)
    before, after = bins.median(pooled), bins.median(now)
    if before and after is not None and abs(after / before - 1) >= ROUNDS:
        return Message.of("median_higher" if after > before else "median_lower", feature=feature, share=abs(after / before - 1))
    up = float(mean_rank_shift(now, pooled))
    return Message.of("ranks_higher" if up > 0 else "ranks_lower", feature=feature, share=abs(up))


def _feature(kind: str, column: str) -> Message | str:
    return Message.of(FEATURES[kind], column=column) if kind in FEATURES else column


def _mean(counts: NDArray[np.int64]) -> float:
    return float(counts @ np.arange(len(counts)) / max(counts.sum(), 1))
