"""Scale numbers: Gaussian rank with linear tails, z, min-max and logarithm.

The rank of a value is looked up in a table of straight pieces, even steps apart on a logarithmic axis around the median. That takes a
handful of vector operations where a search among quantiles takes twenty times as long, and no value's rank depends on its company.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from torch import Tensor

NODES = 512  # quantiles kept of a number
PIECES = 4096  # of the table that ranks are looked up in
SMALLEST = 1e-290  # magnitudes below it count as 0: between numbers that are closer, a slope would overflow
INFINITY = 1e18  # stands for infinity
TAIL = 4.0  # how far on the scale of ranks one whole range beyond the learned values lies
MOST = 20.0  # the farthest that a rank goes beyond the learned values

ScaleName: TypeAlias = Literal["rank", "log", "z", "minmax"]


@dataclass(frozen=True, eq=False)
class QuantileScale:
    """Hold what was learned of a number: a sketch of its quantiles and the moments of its scales.

    Attributes:
        nodes: float64 [n]: distinct quantiles, growing.
        ranks: float64 [n]: their mid-ranks in (0, 1).
        moments: float64 [4]: mean and deviation of the value, middle and spread of its signed logarithm.
    """

    nodes: NDArray[np.float64]
    ranks: NDArray[np.float64]
    moments: NDArray[np.float64]

    @classmethod
    def fit(cls, values: NDArray[np.float64]) -> QuantileScale:
        """Learn from values without NaN, at least one."""
        ordered = np.sort(np.where(np.abs(values) < SMALLEST, 0.0, values))
        nodes, first, counts = np.unique(_quantiles(ordered, np.linspace(0, 1, NODES)), return_index=True, return_counts=True)
        ranks = (first + (counts - 1) / 2 + 0.5) / NODES
        low, middle, high = _logs(_quantiles(ordered, np.array([0.05, 0.5, 0.95])))
        tiny = 1e-9 * max(abs(float(nodes[-1])), abs(float(nodes[0])), 1.0)  # a constant that moved a little is no anomaly of many deviations
        return cls(nodes, ranks, np.array([values.mean(), max(float(values.std()), tiny), middle, max((high - low) / 3.29, 1e-3)]))

    def encode(self, values: Tensor, scale: ScaleName) -> Tensor:
        """Return float64 [n] values, NaN where null, to float32 [n] on a scale; finite wherever the value is."""
        if scale == "rank":
            return self._rank(values)
        if scale == "log":
            return _logarithm(values.float()).sub_(self.moments[2]).div_(self.moments[3]).clamp_(-8, 8)
        if scale == "z":
            return torch.clamp((values - self.moments[0]) / self.moments[1], -1e3, 1e3).float()
        return ((values - self._low) / self._reach).clamp(-MOST, MOST).float()

    def decode(self, rank: float) -> float:
        """Return the value of a Gaussian rank."""
        return float(np.interp(ndtr(rank), self.ranks, self.nodes))

    def _rank(self, values: Tensor) -> Tensor:
        start, step, heights, slopes = self._table
        heights, slopes = heights.to(values.device), slopes.to(values.device)
        place = self._axis(values).sub_(start).div_(step)
        piece = place.nan_to_num().clamp_(0, PIECES - 1).int()
        inside = torch.addcmul(heights.index_select(0, piece), slopes.index_select(0, piece), (place - piece).clamp(0, 1))
        beyond = ((values - self._high).clamp(min=0) + (values - self._low).clamp(max=0)) * (TAIL / self._reach)
        return inside + beyond.clamp(-MOST, MOST).float()

    @property
    def _low(self) -> float:
        return float(self.nodes[0])

    @property
    def _high(self) -> float:
        return float(self.nodes[-1])

    @property
    def _reach(self) -> float:
        return max(self._high - self._low, 1e-9 * max(abs(self._high), 1.0))

    @cached_property
    def _middle(self) -> tuple[float, float]:
        """Return the median, and the scale of the axis around it."""
        quarter, median, three = np.interp([0.25, 0.5, 0.75], self.ranks, self.nodes)
        return float(median), max(float(three - quarter) / 10, self._reach / 1e6)

    def _axis(self, values: Tensor) -> Tensor:
        median, width = self._middle
        return _logarithm(((values - median) / width).float())  # what is left of a difference of doubles is well within a float

    @cached_property
    def _table(self) -> tuple[float, float, Tensor, Tensor]:
        """Return start and step of the axis, and height and slope (per step) of each piece."""
        ends = self._axis(torch.tensor([self._low, self._high], dtype=torch.float64))
        start, step = float(ends[0]), max(float(ends[1] - ends[0]) / PIECES, 1e-6)
        axis = start + step * np.arange(PIECES + 1)
        median, width = self._middle
        edges = median + np.copysign(np.expm1(np.abs(axis)), axis) * width
        heights = np.clip(ndtri(np.interp(edges, self.nodes, self.ranks)), -3, 3)
        return start, step, torch.from_numpy(heights[:-1]).float(), torch.from_numpy(np.diff(heights)).float()


def _logarithm(values: Tensor) -> Tensor:
    """Return Signed, and 0 at 0."""
    return torch.log1p(values.abs()).copysign_(values)


def _quantiles(ordered: NDArray[np.float64], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the least value that at least each share of the values does not exceed."""
    return ordered[np.maximum(np.ceil(shares * len(ordered)).astype(np.int64) - 1, 0)]


def _logs(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.copysign(np.log1p(np.abs(values)), values)
