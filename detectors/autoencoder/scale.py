"""How surprising a cell is on its own channel's scale: raw likelihoods of different channels cannot be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEVELS = np.linspace(0, 0.99, 100)  # quantiles kept; beyond the last an exponential tail is fitted
FEWEST = 50  # a channel with fewer calibration cells says nothing
MOST = 12.0  # no cell counts as less likely than 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class CellScale:
    """Maps a channel's negative log-likelihood to -log10 of the share of clean cells that are at least as surprising.

    Attributes:
        quantiles: float64 [channels, levels].
        tails: float64 [channels]: nats by which the share falls to 1/e beyond the last quantile; infinite where the channel says nothing.
        numbers: How many channels are numeric: they come first.
    """

    quantiles: NDArray[np.float64]
    tails: NDArray[np.float64]
    numbers: int

    @classmethod
    def fit(cls, cells: NDArray[np.float64], numbers: int) -> CellScale:
        """Learn from clean cells, [rows, channels], NaN where there is nothing to say."""
        fitted = [_fit(column[~np.isnan(column)]) for column in cells.T]
        quantiles = np.array([each for each, _ in fitted]).reshape(len(fitted), len(LEVELS))
        return cls(quantiles, np.array([tail for _, tail in fitted], dtype=np.float64), numbers)

    def pack(self, name: str) -> dict[str, NDArray[np.float64]]:
        """As arrays."""
        return {f"{name}.quantiles": self.quantiles, f"{name}.tails": self.tails}

    @classmethod
    def unpack(cls, arrays: Mapping[str, NDArray[np.float64]], name: str, numbers: int) -> CellScale:
        """What `pack` gave."""
        return cls(arrays[f"{name}.quantiles"], arrays[f"{name}.tails"], numbers)

    def __call__(self, cells: NDArray[np.float64]) -> NDArray[np.float64]:
        """[rows, channels] of -log10 p, from 0 to MOST; 0 where there is nothing to say."""
        return np.stack([self._one(i, column) for i, column in enumerate(cells.T)], axis=1) if cells.size else np.zeros_like(cells)

    def _one(self, channel: int, column: NDArray[np.float64]) -> NDArray[np.float64]:
        tail, quantiles = self.tails[channel], self.quantiles[channel]
        if not np.isfinite(tail):
            return np.zeros_like(column)
        last = quantiles[-1]
        inside = -np.log10(1 - np.interp(column, quantiles, LEVELS))
        beyond = 2 + np.maximum(column - last, 0) / tail / np.log(10)
        most = MOST if channel < self.numbers else np.clip(column / np.log(10), 0, MOST)  # a value as likely as not is no surprise, however rare such doubt is
        return np.nan_to_num(np.minimum(np.where(column > last, beyond, inside), most), nan=0.0)


def _fit(cells: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    if len(cells) < FEWEST:
        return np.zeros(len(LEVELS)), np.inf
    quantiles = np.quantile(cells, LEVELS)
    last, earlier = quantiles[-1], quantiles[90]
    excess = cells[cells > last] - last
    floor = max(last - earlier, 0.2) / 2.3  # an exponential falls from a tenth to a hundredth in 2.3 of its lengths
    middle = float(np.median(excess)) / np.log(2) if len(excess) else 0.0  # an exponential's length by its median: a few dirty cells hardly move it
    return quantiles, max(middle, floor)
