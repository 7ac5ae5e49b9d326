"""Watches a detector's own p-values from batch to batch: where rows are what they were, they are even between 0 and 1.

A batch is no independent draw, so a distance from evenness that a usual day has too counts for nothing; what adds up over batches does.

Source: Page: Continuous inspection schemes. Biometrika 41, 1954 (the cumulative sum).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

USUAL = 0.02  # by how much the mean p-value of a usual batch may be off, beside chance
ALLOWED = 0.5  # deviations a batch that do not add up
HEIGHT = 8.0  # of the sum, from which on it is told; without drift it is reached in some 10,000 batches


@dataclass(frozen=True, slots=True)
class PValueMonitor:
    """What is remembered from one batch to the next.

    Attributes:
        low: The cumulative sum of deviations towards small p-values (rows grow stranger).
        high: Towards large ones (rows grow more alike than those learned from).
        distance: Of the newest batch's p-values from evenness (Kolmogorov-Smirnov), 0 to 1.
        batches: How many were watched since the last whole fit.
    """

    low: float = 0.0
    high: float = 0.0
    distance: float = 0.0
    batches: int = 0

    @classmethod
    def of(cls, card: Mapping[str, object]) -> PValueMonitor:
        """As it stands on a card; a fresh one after a whole fit."""
        kept = card.get("monitor")
        return cls(**kept) if isinstance(kept, Mapping) else cls()

    def after(self, p: NDArray[np.float64], calibration: int) -> PValueMonitor:
        """After one batch more.

        Args:
            p: The p-values of its rows, from which nothing was learned yet.
            calibration: How many rows they were counted on.
        """
        if not len(p):
            return self
        deviation = math.sqrt((1 / len(p) + 1 / max(calibration, 1)) / 12) + USUAL
        z = float(p.mean() - 0.5) / deviation
        even = np.arange(1, len(p) + 1) / len(p)
        distance = float(np.abs(np.sort(p) - even).max())
        return PValueMonitor(max(0.0, self.low - z - ALLOWED), max(0.0, self.high + z - ALLOWED), distance, self.batches + 1)

    @property
    def alarmed(self) -> bool:
        """Whether the batches have drifted together."""
        return max(self.low, self.high) > HEIGHT

    def card(self) -> Mapping[str, float]:
        """For the card."""
        return {name: round(value, 4) for name, value in asdict(self).items()}
