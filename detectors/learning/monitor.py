"""Monitor a detector's p-values from batch to batch: without drift they are uniform between 0 and 1.

Rows of a batch are not independent, so a deviation from uniformity that an ordinary day shows is ignored; a deviation that accumulates over
batches is not.

Source: Page: Continuous inspection schemes. Biometrika 41, 1954 (the cumulative sum).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

BATCH_DEVIATION = 0.02  # by how much the mean p-value of an ordinary batch may be off, beside chance
ALLOWANCE = 0.5  # standard deviations per batch that do not accumulate
ALARM_HEIGHT = 8.0  # of the cumulative sum; without drift it is reached in some 10,000 batches


@dataclass(frozen=True, slots=True)
class PValueMonitor:
    """Accumulate deviations of p-values over batches.

    Attributes:
        low: Cumulative sum of deviations towards small p-values (rows become more anomalous).
        high: Towards large ones (rows become more like those learned from).
        distance: Kolmogorov-Smirnov distance of the newest batch's p-values from uniformity, 0 to 1.
        batches: Number of batches since the last full fit.
    """

    low: float = 0.0
    high: float = 0.0
    distance: float = 0.0
    batches: int = 0

    @classmethod
    def from_card(cls, card: Mapping[str, object]) -> PValueMonitor:
        """Read the monitor from a model's card; a new one after a full fit."""
        stored = card.get("monitor")
        return cls(**stored) if isinstance(stored, Mapping) else cls()

    def update(self, p: NDArray[np.float64], calibration_rows: int) -> PValueMonitor:
        """Return the monitor after one more batch.

        Args:
            p: p-values of its rows, computed before anything was learned from them.
            calibration_rows: Size of the sample that they were computed on.
        """
        if not len(p):
            return self
        deviation = math.sqrt((1 / len(p) + 1 / max(calibration_rows, 1)) / 12) + BATCH_DEVIATION
        z = float(p.mean() - 0.5) / deviation
        uniform = np.arange(1, len(p) + 1) / len(p)
        distance = float(np.abs(np.sort(p) - uniform).max())
        return PValueMonitor(max(0.0, self.low - z - ALLOWANCE), max(0.0, self.high + z - ALLOWANCE), distance, self.batches + 1)

    @property
    def is_alarmed(self) -> bool:
        """Return whether the batches have drifted."""
        return max(self.low, self.high) > ALARM_HEIGHT

    def to_card(self) -> Mapping[str, float]:
        """Return the monitor as JSON for the card."""
        return {name: round(value, 4) for name, value in asdict(self).items()}
