"""Turn the scores of a detector into probabilities: each labelled row is scored by what the others teach (Platt, 1999)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cleaning.cell_errors.detect import Detector
from cleaning.cell_errors.evidence import Evidence
from cleaning.cell_errors.labels import LabelledRow, wrong_cells
from cleaning.cell_errors.table import Floats

_FOLDS = 3
_LEAST = 0.01  # of a score, so that its logarithm is finite


@dataclass(frozen=True, slots=True)
class Calibration:
    """Map scores to probabilities by a logistic curve.

    Attributes:
        slope: Slope in the log-odds of the score.
        intercept: Log-odds at a score of one half.
    """

    slope: float
    intercept: float

    def probabilities(self, scores: Floats) -> Floats:
        """Return the probability of each score, of any shape."""
        return np.asarray(1 / (1 + np.exp(-(self.slope * _log_odds(scores) + self.intercept))), dtype=np.float64)


def calibrate(evidence: Evidence, labels: Sequence[LabelledRow], seed: int) -> Calibration | None:
    """Fit the curve on labelled rows, each scored without its label; None where the labels are too few, or all of one kind.

    Args:
        evidence: Evidence on the reference.
        labels: Labelled rows.
        seed: Seed of the detectors.
    """
    from sklearn.linear_model import LogisticRegression  # an extra, and slow to import

    wrong = wrong_cells(evidence.table, labels)
    if len(labels) < _FOLDS or not wrong.any() or wrong.all():
        return None
    scores = np.zeros(wrong.shape)
    for fold in range(_FOLDS):
        mine = np.arange(len(labels)) % _FOLDS == fold
        others = [label for label, is_mine in zip(labels, mine, strict=True) if not is_mine]
        scores[mine] = Detector.fit(evidence, others, seed).probabilities(evidence)[[label.row for label in labels[fold::_FOLDS]]]
    curve = LogisticRegression().fit(_log_odds(scores).reshape(-1, 1), wrong.ravel())
    return Calibration(float(curve.coef_[0, 0]), float(curve.intercept_[0]))


def _log_odds(scores: Floats) -> Floats:
    clipped = np.clip(scores, _LEAST, 1 - _LEAST)
    return np.asarray(np.log(clipped / (1 - clipped)), dtype=np.float64)
