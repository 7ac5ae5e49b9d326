"""Log-odds bent so that they may be taken at their word (Platt 1999)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, log_expit

from recommender.data.sequences import Bools, Floats

TRUST = 10.0  # how much, in impressions, the scores are believed as they are
LEAST = 0.05  # a slope is never taken for smaller, so the order stays


@dataclass(frozen=True, slots=True)
class Calibration:
    """Calibrated log-odds are `slope` x raw ones + `shift`; the slope is above 0, so the order stays."""

    slope: float
    shift: float

    def log_odds(self, raw: Floats) -> Floats:
        """Calibrated ones."""
        return (self.slope * raw + self.shift).astype(np.float32)

    def chances(self, raw: Floats) -> Floats:
        """The chances that they stand for."""
        found: Floats = expit(self.log_odds(raw))
        return found


def calibrated(raw: Floats, labels: Bools) -> Calibration:
    """The slope and shift under which labels are likeliest, the scores as they are being believed a little.

    Args:
        raw: Log-odds, shape (n,).
        labels: What came, shape (n,).
    """
    design = np.stack([raw.astype(np.float64), np.ones(len(raw))], axis=1)
    signs = np.where(labels, 1.0, -1.0)
    start = np.array([1.0, 0.0])

    def surprise(found: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margins, away = signs * (design @ found), found - start
        slope = -design.T @ (signs * expit(-margins)) + TRUST * away
        return float(-log_expit(margins).sum() + TRUST * (away @ away) / 2), slope

    slope, shift = minimize(surprise, start, jac=True, method="L-BFGS-B", bounds=[(LEAST, None), (None, None)]).x
    return Calibration(float(slope), float(shift))


def crosswise(raw: Floats, labels: Bools) -> NDArray[np.float32]:
    """Chances of each half, calibrated on the other: what calibration is worth on what it has not seen."""
    odd = np.arange(len(raw)) % 2 == 1
    chances = np.empty(len(raw), np.float32)
    for half in (odd, ~odd):
        chances[half] = calibrated(raw[~half], labels[~half]).chances(raw[half])
    return chances
