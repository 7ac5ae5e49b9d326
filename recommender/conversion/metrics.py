"""How good chances are: order, log loss, and whether they may be taken at their word."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from recommender.data.sequences import Bools

BINS = 10
LEAST = 1e-7


def measured(chances: NDArray[np.floating], labels: Bools) -> Mapping[str, float]:
    """All of them by name; `calibration` is what was expected over what came, 1 at best.

    Args:
        chances: Shape (n,).
        labels: What came, shape (n,); at least one of each.
    """
    expected = np.asarray(chances, np.float64)
    return {
        "auc": auc(expected, labels),
        "log_loss": log_loss(expected, labels),
        "calibration": float(expected.sum() / labels.sum()),
        "ece": calibration_error(expected, labels),
    }


def auc(scores: NDArray[np.floating], labels: Bools) -> float:
    """The chance that one that came stands above one that did not; equal ones count half."""
    good = int(labels.sum())
    return float((rankdata(scores)[labels].sum() - good * (good + 1) / 2) / (good * (len(labels) - good)))


def log_loss(chances: NDArray[np.floating], labels: Bools) -> float:
    """Mean surprise, in nats."""
    kept = np.clip(chances, LEAST, 1 - LEAST)
    return float(-np.mean(np.where(labels, np.log(kept), np.log1p(-kept))))


def calibration_error(chances: NDArray[np.floating], labels: Bools) -> float:
    """Mean distance of chance and share over bins of equally many (ECE)."""
    bins = np.array_split(np.argsort(chances, kind="stable"), BINS)
    return float(sum(abs(chances[some].sum() - labels[some].sum()) for some in bins) / len(chances))
