"""Store histograms of accepted batches, one per batch and feature, of a bounded number of batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.drift.histograms import WIDTH, HistogramBins, fit_bins
from detectors.features.column_features import ColumnFeature
from detectors.features.serialization import pack, unpack
from sluice.domain import Schema
from sluice.errors import ModelError
from sluice.messages import make_error

MAX_BATCHES = 56  # batches: eight weeks of days; one of 20 channels takes 10 kB


@dataclass(frozen=True, slots=True, eq=False)
class DriftState:
    """Store the histograms of accepted batches, the oldest first.

    Attributes:
        bins: How each channel is counted.
        counts: int64 [batches, channels, WIDTH].
    """

    bins: tuple[HistogramBins, ...]
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, rows: pl.DataFrame, names: Sequence[str], schema: Schema) -> DriftState:
        """Bins for these rows, and no batch yet."""
        bins = fit_bins(rows, names, schema)
        return cls(bins, np.empty((0, len(bins), WIDTH), np.int64))

    def counted(self, rows: pl.DataFrame) -> NDArray[np.int64]:
        """int64 [channels, WIDTH] of a batch."""
        return np.stack([histogram.counts(rows) for histogram in self.bins]) if self.bins else np.empty((0, WIDTH), np.int64)

    def after(self, batches: Sequence[pl.DataFrame]) -> DriftState:
        """Return the state with more batches; the oldest ones are dropped."""
        added = [self.counted(rows)[None] for rows in batches]
        return DriftState(self.bins, np.concatenate([self.counts, *added])[-MAX_BATCHES:])

    def pack(self) -> bytes:
        """Serialise as safetensors."""
        marks = {f"marks.{i}": histogram.marks for i, histogram in enumerate(self.bins)}
        return pack({"counts": self.counts, **marks}, {"channels": [asdict(histogram.channel) for histogram in self.bins]})

    @classmethod
    def unpack(cls, tensors: bytes) -> DriftState:
        """Restore from `pack`.

        Raises:
            ModelError: The bytes are damaged, or of another version.
        """
        arrays, meta = unpack(tensors)
        try:
            return cls(tuple(HistogramBins(ColumnFeature(**histogram), arrays[f"marks.{i}"]) for i, histogram in enumerate(meta["channels"])), arrays["counts"])
        except (KeyError, TypeError) as error:
            raise make_error(ModelError, "drift_counts_of_another_version") from error
