"""Split-conformal p-values: how unusual a score is among accepted rows that nothing was learned from.

Source: Bates, Candès, Lei, Romano, Sesia: Testing for outliers with conformal p-values. Annals of Statistics 51(1), 2023.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sluice.errors import ModelError


def rows_needed(budget: float) -> int:
    """The fewest calibration rows that a false-positive budget can be kept with: below it no p-value is small enough."""
    return math.ceil(1 / budget - 1)


def calibrated(scores: NDArray[np.float64], budget: float) -> NDArray[np.float64]:
    """The scores of the calibration rows, sorted.

    Raises:
        ModelError: There are too few for the budget.
    """
    if len(scores) < rows_needed(budget):
        raise ModelError(f"a budget of {budget:g} needs {rows_needed(budget)} calibration rows, and there are {len(scores)}")
    return np.sort(scores)


def p_values(scores: NDArray[np.float64], calibration: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each score, the share of calibration scores at least as high, itself counted among them.

    For rows that are exchangeable with the calibration rows, P(p <= a) <= a for every a.
    """
    higher = len(calibration) - np.searchsorted(calibration, scores, side="left")
    return np.asarray((1 + higher) / (len(calibration) + 1))


def beyond_budget(flagged: int, rows: int, budget: float, calibration: int) -> bool:
    """Were more rows flagged than clean rows can explain: above the budget by three standard deviations.

    The deviation counts both samples: the rows judged, and the calibration rows that set the threshold.
    """
    deviation = math.sqrt(budget * (1 - budget) * (1 / max(rows, 1) + 1 / calibration))
    return flagged > rows * (budget + 3 * deviation)
