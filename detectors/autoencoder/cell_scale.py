"""Scale the surprise of a cell by its own channel: raw likelihoods of different channels cannot be compared."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

LEVELS = np.linspace(0, 0.99, 100)  # quantiles kept; beyond the last an exponential tail is fitted
FEWEST = 50  # a channel with fewer calibration cells says nothing
MOST = 12.0  # no cell counts as less likely than 1e-12
APART = 1e-3  # nats that one quantile lies above the one before at least: rounding, of some 1e-6 nats, then moves no cell by more than .0003
PIECES = 512  # even steps from the first to the last quantile, so that a cell is looked up rather than searched for


@dataclass(frozen=True, eq=False)
class CellScale:
    """Maps a channel's surprise in nats to -log10 of the share of clean cells that are at least as surprising.

    Attributes:
        quantiles: float64 [channels, levels].
        tails: float64 [channels]: nats by which the share falls to 1/e beyond the last quantile; infinite where the channel says nothing.
    """

    quantiles: NDArray[np.float64]
    tails: NDArray[np.float64]

    @classmethod
    def fit(cls, cells: Tensor) -> CellScale:
        """Learn from clean cells, [channels, rows], NaN where there is nothing to say."""
        fitted = [_fit(channel[~np.isnan(channel)]) for channel in cells.double().cpu().numpy()]
        quantiles = np.array([quantile for quantile, _ in fitted]).reshape(len(fitted), len(LEVELS))
        return cls(quantiles, np.array([tail for _, tail in fitted], dtype=np.float64))

    def __call__(self, cells: Tensor) -> Tensor:
        """Return [channels, rows] of -log10 p, from 0 to MOST; 0 where there is nothing to say."""
        first, width, heights, slopes, last, tails = _placed(self, cells.device, cells.dtype)
        starts = torch.arange(len(first), dtype=torch.int32, device=cells.device)[:, None] * PIECES
        finite = cells.nan_to_num(nan=-torch.inf)
        place = ((finite - first) / width).clamp_(0, PIECES - 1e-3)
        piece = place.int()
        at = (piece + starts).flatten()
        scaled = torch.addcmul(heights.index_select(0, at), slopes.index_select(0, at), (place - piece).flatten()).view_as(cells)
        return scaled.add_((finite - last).clamp_(min=0).mul_(tails)).clamp_(max=MOST)

    @property
    def table(self) -> tuple[Tensor, ...]:
        """Return by channel: where pieces start, how wide they are; their heights and slopes; where the tail starts, how steep it is."""
        first, last = self.quantiles[:, :1], self.quantiles[:, -1:]
        width = np.maximum(last - first, APART) / PIECES
        edges = first + width * np.arange(PIECES + 1)
        shares = np.array([np.interp(edge, quantiles, LEVELS) for edge, quantiles in zip(edges, self.quantiles, strict=True)]).reshape(edges.shape)
        heights = np.where(np.isfinite(self.tails)[:, None], -np.log10(1 - shares), 0.0)
        heights[:, 0] = 0.0  # as surprising as the least surprising is not surprising
        parts = (first, width, heights[:, :-1].ravel(), np.diff(heights).ravel(), last, 1 / self.tails[:, None] / np.log(10))
        return tuple(torch.from_numpy(part).float() for part in parts)

    def pack(self, name: str) -> dict[str, NDArray[Any]]:
        """Return arrays."""
        return {f"{name}.quantiles": self.quantiles, f"{name}.tails": self.tails}

    @classmethod
    def unpack(cls, arrays: Mapping[str, NDArray[Any]], name: str) -> CellScale:
        """Restore what `pack` returned."""
        return cls(arrays[f"{name}.quantiles"], arrays[f"{name}.tails"])


@functools.lru_cache(maxsize=32)
def _placed(scale: CellScale, device: torch.device, dtype: torch.dtype) -> tuple[Tensor, ...]:
    """Return its table where and as it is wanted: it is looked up for every tile."""
    return tuple(column.to(device, dtype) for column in scale.table)


def _fit(cells: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    if len(cells) < FEWEST:
        return np.zeros(len(LEVELS)), np.inf
    quantiles = np.quantile(cells, LEVELS)
    quantiles = np.maximum(quantiles, quantiles[0] + APART * np.arange(len(LEVELS)))
    last, earlier = quantiles[-1], quantiles[90]
    excess = cells[cells > last] - last
    floor = max(last - earlier, 0.2) / 2.3  # an exponential falls from a tenth to a hundredth in 2.3 of its lengths
    middle = float(np.median(excess)) / np.log(2) if len(excess) else 0.0  # an exponential's length by its median: a few dirty cells hardly move it
    return quantiles, max(middle, floor)
