"""Compute log-odds of smoothed rates."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.data.sequences import Floats

MIN_PROBABILITY = 1e-5


def smoothed_log_odds(positives: NDArray[Any], total: NDArray[Any], base_rate: float, prior: float) -> Floats:
    """Compute log-odds of a rate smoothed by `prior` observations at the base rate; positives never exceed the total."""
    return log_odds((positives + prior * base_rate) / (np.maximum(positives, total) + prior))


def log_odds(probabilities: NDArray[np.floating]) -> Floats:
    """Compute log-odds, clipped away from 0 and 1."""
    clipped = np.clip(probabilities, MIN_PROBABILITY, 1 - MIN_PROBABILITY)
    odds: Floats = np.log(clipped / (1 - clipped)).astype(np.float32)
    return odds
