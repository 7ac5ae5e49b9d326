"""Measure predicted probabilities: ranking, log loss, calibration."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from recommender.data.sequences import Bools
from sluice.rules.ranking import roc_auc

BINS = 10
MIN_PROBABILITY = 1e-7


def compute_metrics(probabilities: NDArray[np.floating], labels: Bools) -> Mapping[str, float]:
    """Compute all metrics by name; `calibration` is the expected number of positives over the actual one, 1 at best.

    Args:
        probabilities: Shape (n,).
        labels: Outcomes, shape (n,); at least one of each.
    """
    expected = np.asarray(probabilities, np.float64)
    return {
        "auc": roc_auc(expected[~labels], expected[labels]),
        "log_loss": log_loss(expected, labels),
        "calibration": float(expected.sum() / labels.sum()),
        "ece": expected_calibration_error(expected, labels),
    }


def log_loss(probabilities: NDArray[np.floating], labels: Bools) -> float:
    """Compute the mean negative log-likelihood, in nats."""
    return float(log_losses(probabilities, labels).mean())


def log_losses(probabilities: NDArray[np.floating], labels: Bools) -> NDArray[np.floating]:
    """Compute the negative log-likelihood of each outcome, in nats."""
    clipped = np.clip(probabilities, MIN_PROBABILITY, 1 - MIN_PROBABILITY)
    losses: NDArray[np.floating] = -np.where(labels, np.log(clipped), np.log1p(-clipped))
    return losses


def expected_calibration_error(probabilities: NDArray[np.floating], labels: Bools) -> float:
    """Compute the mean distance of probability and frequency over bins of equally many (ECE)."""
    bins = np.array_split(np.argsort(probabilities, kind="stable"), BINS)
    return float(sum(abs(probabilities[rows].sum() - labels[rows].sum()) for rows in bins) / len(probabilities))
