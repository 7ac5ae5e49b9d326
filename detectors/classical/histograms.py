"""Score rows by a histogram of each feature, bit for bit as PyOD's HBOS does, which Numba compiles for seconds in every process."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

REGULARIZER = 0.1  # added to a density before its logarithm is taken, so that an empty bin has one
TOLERANCE = 0.5  # widths of a bin by which a value may lie outside and still count as one of the outermost bin


@dataclass(slots=True, eq=False)
class Histograms:
    """Estimate densities by histograms of equal bins, one a feature (Goldstein, Dengel 2012).

    Attributes:
        n_bins: Bins of a histogram.
        edges: Edges of the bins, [features, n_bins + 1].
        log_densities: Logarithm to base 2 of each bin's density, [features, n_bins].

    Example:
        >>> rows = np.array([[1.0], [1.1], [1.2], [1.3], [1.4], [9.0]])
        >>> int(Histograms(n_bins=3).fit(rows).decision_function(rows).argmax())  # the row that fits least
        5
    """

    n_bins: int = 10
    edges: NDArray[np.float64] = field(init=False)
    log_densities: NDArray[np.float64] = field(init=False)

    def fit(self, x: NDArray[np.float64]) -> Self:
        """Count rows, [rows, features]."""
        counted = [np.histogram(feature, bins=self.n_bins, density=True) for feature in x.T]
        self.edges = np.array([edges for _, edges in counted])
        self.log_densities = np.array([[math.log2(density + REGULARIZER) for density in densities] for densities, _ in counted])
        return self

    def decision_function(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return one number per row; higher is more unusual."""
        scores = np.empty(x.shape)
        for place, (edges, logs) in enumerate(zip(self.edges, self.log_densities, strict=True)):
            scores[:, place] = _look_up(x[:, place], edges, logs)
        logarithms: NDArray[np.float64] = scores.sum(axis=1)
        return -logarithms


def _look_up(values: NDArray[np.float64], edges: NDArray[np.float64], logs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the logarithm of each value's bin; far outside of all bins, that of the emptiest."""
    bins = np.digitize(values, edges, right=True)
    nearest = logs[np.clip(bins - 1, 0, len(logs) - 1)]
    below = (bins == 0) & (edges[0] - values > (edges[1] - edges[0]) * TOLERANCE)
    above = (bins > len(logs)) & (values - edges[-1] > (edges[-1] - edges[-2]) * TOLERANCE)
    return np.where(below | above, logs.min(), nearest)
