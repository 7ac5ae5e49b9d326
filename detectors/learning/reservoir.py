"""The accepted rows that a detector may learn from and is calibrated on.

Rows that the serving model flags are left out unless a steward released them: dirt that slipped through must not become usual. But
clean rows are among the flagged ones, and a calibration without them would lower the threshold with every update. Which of the flagged
rows are clean is not known, but how many are to be expected is: the budget. So of each new batch, where no more is flagged than that
and chance explain, all is believed; where more is, there is dirt, and only so many of the flagged rows are believed as were promised:
the least strange ones, with their own scores. A batch without dirt so pulls the threshold to where it belongs, and one with dirt leaves
it where it is.

That is decided once, when a row is new and its p-value owes nothing to it, and remembered by the row's checksum: decided again by each
later model, which was calibrated on these very rows, any error would confirm itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.learning.calibrated_model import CalibratedModel
from detectors.learning.calibration import ErrorControl, compute_p_values, sort_calibration_scores
from detectors.learning.error_injection import swap_one_cell
from detectors.learning.history import SCALE_END, HistorySplit, compute_checksums
from detectors.learning.model import DetectorModel

NO_CHECKSUMS = np.empty(0, np.uint32)


@dataclass(frozen=True, slots=True, eq=False)
class Reservoir:
    """Accepted rows that may be learned from.

    Attributes:
        parts: The rows, in their parts.
        left: uint32: the checksums of the newest accepted rows that may not be.
        fresh: The p-values of the new rows, those that are left out among them.
    """

    parts: HistorySplit
    left: NDArray[np.uint32] = field(default_factory=lambda: NO_CHECKSUMS)
    fresh: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self.parts.train.height + self.parts.scale.height + self.parts.threshold.height

    @classmethod
    def of(cls, rows: pl.DataFrame, new: NDArray[np.bool_], serving: CalibratedModel | None, promise: ErrorControl) -> Reservoir:
        """Leave out what was left out before, and of the new rows those that the serving model is right to flag.

        Args:
            rows: The newest accepted rows.
            new: [rows]: which of them the serving model has not seen and no steward released.
            serving: The model that serves now; None where none does: then nothing is known of any row.
            promise: What it flags.
        """
        if serving is None:
            return cls(HistorySplit.of(rows))
        sums, fresh = compute_checksums(rows), rows.filter(pl.Series(new, dtype=pl.Boolean))
        scores = serving.fitted.scores(fresh)
        p = compute_p_values(scores, serving.calibration)
        stays = select_clean(p, scores, promise, len(serving.calibration))
        left = np.concatenate([serving.left[np.isin(serving.left, sums)], sums[new][~stays]])
        return cls(HistorySplit.of(rows.filter(pl.Series(~np.isin(sums, left), dtype=pl.Boolean))), left, p)

    def thinned(self, held: int) -> Reservoir:
        """With no more than so many rows each to scale and to calibrate on, always the same ones as long as they are among the newest."""
        return replace(self, parts=HistorySplit(self.parts.train, self.parts.scale.head(held), self.parts.threshold.head(held)))

    def cleared(self, fitted: DetectorModel, promise: ErrorControl, contamination: float, columns: Sequence[str], seed: int) -> Reservoir:
        """Without the strangest rows, as far as they can be taken for dirt; they are left out from now on, and what was left out before counts.

        How many of the dirty rows are above a score is read off errors that are planted into these rows.

        Args:
            fitted: The model that tells which are strange.
            promise: What the threshold is for.
            contamination: The share of the rows that is believed dirty.
            columns: Those that errors are planted into.
            seed: Draws the errors.
        """
        if not contamination:
            return self
        rows, gone = self.parts.threshold, int((self.left >= SCALE_END * 2**32).sum())
        planted = swap_one_cell(rows, [name for name in columns if name in rows.columns], np.random.default_rng(seed))
        wrong = planted.filter(rows.hash_rows() != planted.hash_rows())
        limit = contamination_limit(fitted.scores(rows), fitted.scores(wrong), contamination, promise.level, gone)
        stays = [pl.Series(fitted.scores(part) <= limit, dtype=pl.Boolean) for part in self._parts]
        left = [compute_checksums(part.filter(~stay)) for part, stay in zip(self._parts, stays, strict=True)]
        kept = HistorySplit(*(part.filter(stay) for part, stay in zip(self._parts, stays, strict=True)))
        return replace(self, parts=kept, left=np.concatenate([self.left, *left]))

    @property
    def _parts(self) -> tuple[pl.DataFrame, ...]:
        return self.parts.train, self.parts.scale, self.parts.threshold

    def calibrate(self, fitted: DetectorModel, promise: ErrorControl) -> CalibratedModel:
        """A model with the scores of rows that nothing was learned from.

        Raises:
            ModelError: They are too few for the promise.
        """
        return CalibratedModel(fitted, sort_calibration_scores(fitted.scores(self.parts.threshold), promise), self.left)


def contamination_limit(scores: NDArray[np.float64], planted: NDArray[np.float64], contamination: float, level: float, gone: int) -> float:
    """The score beyond which rows are taken for dirty.

    Beyond any score as much of the dirt is to be expected as is found there of planted errors; what else lies there is clean. That gives
    the score that no more of the clean rows than `level` are beyond, and how much dirt is: so many rows, the strangest, are left out.

    Args:
        scores: Of accepted rows.
        planted: Of rows with a wrong cell.
        contamination: The share of the accepted rows that is dirty.
        level: The share of the clean rows that may be flagged.
        gone: How many were left out before.
    """
    highest = np.sort(scores)[::-1]
    found = 1 - np.searchsorted(np.sort(planted), highest, side="left") / max(len(planted), 1)
    expected = contamination * (len(scores) + gone) * found
    dirty = np.floor(expected - 2 * np.sqrt(expected)) - gone  # by chance there are hardly ever fewer
    clean = np.arange(1, len(scores) + 1) - dirty
    within = int(np.flatnonzero(clean <= level * len(scores)).max(initial=-1)) + 1
    most = min(int(dirty[within - 1]), within) if within else 0
    return float(highest[most]) if 0 < most < len(scores) else math.inf


def select_clean(p: NDArray[np.float64], scores: NDArray[np.float64], promise: ErrorControl, calibration: int) -> NDArray[np.bool_]:
    """Which rows of new batches count as clean, [rows].

    Args:
        p: Their p-values.
        scores: Their scores.
        promise: What is flagged, and how many clean rows may be.
        calibration: How many rows the p-values were counted on.
    """
    flagged = promise.flags(p, calibration)
    share = promise.level if promise.mode == "fdr" else promise.level / (1 - promise.level)
    clean = share * float(flagged.sum() if promise.mode == "fdr" else (~flagged).sum())  # as many as the usual ones let expect
    if flagged.sum() <= clean + 2 * math.sqrt(clean):
        return np.ones(len(p), bool)
    places = np.flatnonzero(flagged)
    stays = ~flagged
    stays[places[np.argsort(scores[places], kind="stable")[: round(clean)]]] = True
    return stays
