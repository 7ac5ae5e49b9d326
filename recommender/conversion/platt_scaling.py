"""Calibrate log-odds so that they can be read as probabilities (Platt 1999)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, log_expit

from recommender.data.sequences import Bools, Floats

REGULARIZATION = 10.0  # pull towards the identity, in impressions
MIN_SLOPE = 0.05  # keeps the order of scores


@dataclass(frozen=True, slots=True)
class PlattScaling:
    """Map raw log-odds to `slope` * raw + `intercept`; the slope is positive, so the order stays.

    Example:
        >>> import numpy as np
        >>> PlattScaling(slope=1.0, intercept=0.0).probabilities(np.zeros(1, np.float32)).tolist()
        [0.5]
    """

    slope: float
    intercept: float

    def log_odds(self, raw: Floats) -> Floats:
        """Calibrate log-odds."""
        return (self.slope * raw + self.intercept).astype(np.float32)

    def probabilities(self, raw: Floats) -> Floats:
        """Calibrate log-odds and return probabilities."""
        probabilities: Floats = expit(self.log_odds(raw))
        return probabilities


def fit_platt_scaling(raw: Floats, labels: Bools) -> PlattScaling:
    """Fit slope and intercept by regularized maximum likelihood.

    Args:
        raw: Log-odds, shape (n,).
        labels: Outcomes, shape (n,).
    """
    design = np.stack([raw.astype(np.float64), np.ones(len(raw))], axis=1)
    signs = np.where(labels, 1.0, -1.0)
    start = np.array([1.0, 0.0])

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margins, offset = signs * (design @ parameters), parameters - start
        gradient = -design.T @ (signs * expit(-margins)) + REGULARIZATION * offset
        return float(-log_expit(margins).sum() + REGULARIZATION * (offset @ offset) / 2), gradient

    slope, intercept = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(MIN_SLOPE, None), (None, None)]).x
    return PlattScaling(float(slope), float(intercept))


def cross_calibrate(raw: Floats, labels: Bools) -> NDArray[np.float32]:
    """Return the probabilities of each half, calibrated on the other: measures calibration on unseen data."""
    odd = np.arange(len(raw)) % 2 == 1
    probabilities = np.empty(len(raw), np.float32)
    for half in (odd, ~odd):
        probabilities[half] = fit_platt_scaling(raw[~half], labels[~half]).probabilities(raw[half])
    return probabilities
