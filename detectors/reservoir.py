"""The accepted rows that a detector may learn from and is calibrated on.

Rows that the serving model flags are left out unless a steward released them: dirt that slipped through must not become usual. But
clean rows are among the flagged ones, about as many as the budget allows, and a calibration without them would lower the threshold with
every update. Which of the flagged rows are clean is not known; how many is. Scores have no edge at the threshold, so the p-values just
below it tell: of clean rows, as many have a p-value up to the threshold a as have one in each further step of a. So `believed` counts
the rows in the four steps below, and where a quarter of them, and two standard deviations of chance, explain all that is flagged,
nothing is left out. Where more is flagged there is dirt, and only so many stay as the quarter says: the least strange of them, with
their own scores. Both ways the next threshold is an estimate of its own, not one built on the last: it neither creeps down nor up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.calibration import Promise, calibrated, p_values
from detectors.fitted import Fitted
from detectors.history import Parts
from detectors.trained import Trained

_SCORE, _LET = "_score", "_let"
STEPS = 4  # below the threshold, each as wide as what lies above it, in which clean rows are counted


@dataclass(frozen=True, slots=True, eq=False)
class Reservoir:
    """Accepted rows that may be learned from, in their parts."""

    parts: Parts

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self.parts.train.height + self.parts.scale.height + self.parts.threshold.height

    @classmethod
    def of(cls, rows: pl.DataFrame, released: NDArray[np.bool_], serving: Trained | None, promise: Promise) -> Reservoir:
        """Leave out what the serving model flags and nobody released.

        Args:
            rows: The newest accepted rows.
            released: [rows], which of them a steward let through.
            serving: The model that serves now; None where none does: then nothing is known of any row.
            promise: What it flags.
        """
        if serving is None:
            return cls(Parts.of(rows))
        marked = rows.with_columns(pl.Series(_SCORE, serving.fitted.scores(rows)), pl.Series(_LET, released))
        parts = Parts.of(marked)
        held = pl.concat([parts.scale, parts.threshold])  # of what was learned from, p-values are too high to count by
        scores = held[_SCORE].to_numpy()
        p = p_values(scores, serving.calibration)
        cut = float(p[promise.flags(p, len(serving.calibration))].max(initial=0.0))
        usual = p_values(parts.train[_SCORE].to_numpy(), serving.calibration) > cut
        stays, split = pl.Series(believed(p, scores, cut)) | held[_LET], parts.scale.height
        kept = (parts.train.filter(pl.Series(usual) | parts.train[_LET]), parts.scale.filter(stays[:split]), parts.threshold.filter(stays[split:]))
        return cls(Parts(*(part.drop(_SCORE, _LET) for part in kept)))

    def calibrate(self, fitted: Fitted, promise: Promise) -> Trained:
        """A model with the scores of rows that nothing was learned from.

        Raises:
            ModelError: They are too few for the promise.
        """
        return Trained(fitted, calibrated(fitted.scores(self.parts.threshold), promise))


def believed(p: NDArray[np.float64], scores: NDArray[np.float64], cut: float) -> NDArray[np.bool_]:
    """Which rows count as clean, [rows].

    Args:
        p: p-values of rows that were not learned from.
        scores: Their scores.
        cut: The largest p-value that is flagged.
    """
    flagged = p <= cut
    width = min((STEPS + 1) * cut, 1.0) - cut
    if not flagged.any() or width <= 0:
        return ~flagged
    expected = float(((p > cut) & (p <= cut + width)).sum()) * cut / width
    if flagged.sum() <= expected + 2 * math.sqrt(expected * (1 + cut / width)):
        return np.ones(len(p), bool)
    places = np.flatnonzero(flagged)
    clean = places[np.argsort(scores[places], kind="stable")[: round(expected)]]
    stays = ~flagged
    stays[clean] = True
    return stays
