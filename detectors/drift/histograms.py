"""Bin a feature of a column with fixed bins: numbers by quantiles, hours by the clock, categories by hash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.encoding.text_hashes import hash_texts
from detectors.features.column_features import ColumnFeature, derive_features, read_feature
from sluice.domain import Schema

WIDTH = 64  # bins of a channel; of a category the last one is for all values that it has no other for
IGNORED = ("texture", "weekday")  # what only an encoder can read, and what must differ from one day's batch to the next


@dataclass(frozen=True, slots=True, eq=False)
class HistogramBins:
    """Define the bins of a feature.

    Attributes:
        channel: What is counted.
        marks: Of numbers and hours the upper bounds of all bins but the last, float64, growing; of categories their hashes, uint64, growing.
    """

    channel: ColumnFeature
    marks: NDArray[np.float64] | NDArray[np.uint64]

    @classmethod
    def fit(cls, rows: pl.DataFrame, channel: ColumnFeature) -> HistogramBins:
        """Bins that these rows fill evenly."""
        values = read_feature(rows, channel).drop_nulls()
        if channel.kind == "hour":
            return cls(channel, np.arange(23, dtype=np.float64))
        if channel.numeric:
            quantiles = np.quantile(_finite(values), np.linspace(0, 1, WIDTH + 1)[1:-1], method="inverted_cdf")
            return cls(channel, np.unique(quantiles))
        common = values.alias("value").value_counts().sort(["count", "value"], descending=[True, False]).head(WIDTH - 1)
        return cls(channel, np.sort(hash_texts(common["value"])))

    @property
    def ordered(self) -> bool:
        """Return True where the bins have an order."""
        return self.channel.numeric or self.channel.kind == "hour"

    def counts(self, rows: pl.DataFrame) -> NDArray[np.int64]:
        """int64 [WIDTH]: how many rows are in each bin; null is in none."""
        values = read_feature(rows, self.channel).drop_nulls()
        if self.ordered:
            places = np.searchsorted(self.marks, _finite(values), side="left")
            return np.bincount(places, minlength=WIDTH).astype(np.int64)
        counted = values.alias("value").value_counts()
        keys, places = hash_texts(counted["value"]), np.full(counted.height, WIDTH - 1)
        if len(self.marks):
            at = np.searchsorted(self.marks, keys).clip(max=len(self.marks) - 1)
            places = np.where(self.marks[at] == keys, at, WIDTH - 1)
        return np.bincount(places, counted["count"].to_numpy(), minlength=WIDTH).astype(np.int64)

    def median(self, counts: NDArray[np.int64]) -> float | None:
        """Interpolate the median; None where it lies outside of the bounds, or nothing was counted."""
        if not counts.sum() or len(self.marks) < 2:
            return None
        reached = np.cumsum(counts)[: len(self.marks)] / counts.sum()
        if not reached[0] < 0.5 <= reached[-1]:
            return None
        return float(np.interp(0.5, reached, self.marks))


def fit_bins(rows: pl.DataFrame, names: Sequence[str], schema: Schema) -> tuple[HistogramBins, ...]:
    """Fit the bins of the named columns' features."""
    return tuple(HistogramBins.fit(rows, channel) for channel in derive_features(rows, names, schema) if channel.kind not in IGNORED)


def _finite(values: pl.Series) -> NDArray[np.float64]:
    return np.asarray(np.nan_to_num(values.cast(pl.Float64).to_numpy(), posinf=1e300, neginf=-1e300))
