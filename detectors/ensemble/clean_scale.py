"""Scale scores of any detector so that they can be averaged: how far a score lies from those of clean rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

LEAST = 1e-6  # of a distance whose logarithm is taken
NARROW = 1e-3  # the least spread


@dataclass(frozen=True, slots=True)
class CleanScale:
    """Hold the median and spread of clean scores; of their logarithms where they are distances.

    Attributes:
        middle: The median.
        spread: The interquartile range of a Gaussian of the same, in its standard deviations.
        distance: Are the scores distances?
    """

    middle: float
    spread: float
    distance: bool

    @classmethod
    def fit(cls, scores: NDArray[np.float64], *, distance: bool) -> Self:
        """Learn from the scores of clean rows."""
        low, middle, high = np.quantile(_logs(scores, distance=distance), [0.25, 0.5, 0.75])
        return cls(float(middle), max(float(high - low), NARROW) / 1.35, distance)

    def __call__(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Standardised scores; the area hyperbolic sine keeps far ones in order without letting one detector drown the others."""
        return np.asarray(np.arcsinh((_logs(scores, distance=self.distance) - self.middle) / self.spread))


def _logs(scores: NDArray[np.float64], *, distance: bool) -> NDArray[np.float64]:
    return np.log(np.maximum(scores, LEAST)) if distance else scores
