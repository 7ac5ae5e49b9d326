"""Select the accepted rows that a detector learns from and is calibrated on.

Rows that the serving model flags are excluded unless a steward released them: errors that were accepted must not become usual. But
clean rows are among the flagged ones, and a calibration without them would lower the threshold with every update. It is not known which of
the flagged rows are clean, but it is known how many to expect: the false positive rate. So if a new batch has no more flagged rows than that
rate and chance explain, all of its rows are used. If it has more, it contains errors, and only as many of the flagged rows are used
as the rate allows: the least anomalous ones, with their own scores. A batch without errors thus pulls the threshold to its correct value, and one
with errors leaves it unchanged.

This is decided once, when a row is new and its p-value does not depend on it, and remembered by the row's checksum. If each later model
decided again, any error would confirm itself, because that model was calibrated on these very rows.
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
    """Hold the accepted rows that may be learned from.

    Attributes:
        split: The rows, in their parts.
        excluded: uint32: checksums of the newest accepted rows that must not be learned from.
        new_p_values: p-values of the new rows, excluded ones among them.
    """

    split: HistorySplit
    excluded: NDArray[np.uint32] = field(default_factory=lambda: NO_CHECKSUMS)
    new_p_values: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))

    @property
    def rows(self) -> int:
        """Count the rows."""
        return self.split.train.height + self.split.scale.height + self.split.calibration.height

    @classmethod
    def build(cls, rows: pl.DataFrame, new: NDArray[np.bool_], serving: CalibratedModel | None, control: ErrorControl) -> Reservoir:
        """Exclude rows that were excluded before, and those of the new rows that the serving model flags correctly.

        Args:
            rows: The newest accepted rows.
            new: True for rows that the serving model has not seen and no steward released, [rows].
            serving: The model that serves now; None if there is none: then no row is excluded.
            control: Which rows it flags.
        """
        if serving is None:
            return cls(HistorySplit.from_rows(rows))
        checksums, new_rows = compute_checksums(rows), rows.filter(pl.Series(new, dtype=pl.Boolean))
        scores = serving.model.score_rows(new_rows)
        p = compute_p_values(scores, serving.calibration_scores)
        clean = select_clean(p, scores, control, len(serving.calibration_scores))
        excluded = np.concatenate([serving.excluded[np.isin(serving.excluded, checksums)], checksums[new][~clean]])
        return cls(HistorySplit.from_rows(rows.filter(pl.Series(~np.isin(checksums, excluded), dtype=pl.Boolean))), excluded, p)

    def limit(self, rows: int) -> Reservoir:
        """Return a reservoir with at most this many rows each for scaling and calibration, always the same while they are among the newest."""
        return replace(self, split=HistorySplit(self.split.train, self.split.scale.head(rows), self.split.calibration.head(rows)))

    def exclude_contamination(self, model: DetectorModel, control: ErrorControl, contamination: float, columns: Sequence[str], seed: int) -> Reservoir:
        """Return a reservoir without the most anomalous rows, as far as they are probably erroneous; they stay excluded from now on.

        The share of erroneous rows above a score is estimated from errors injected into these rows. Rows excluded before count.

        Args:
            model: Scores the rows.
            control: The rate that the threshold is for.
            contamination: The share of the rows that is believed erroneous.
            columns: Columns that errors are injected into.
            seed: Draws the errors.
        """
        if not contamination:
            return self
        rows, excluded_before = self.split.calibration, int((self.excluded >= SCALE_END * 2**32).sum())
        injected = swap_one_cell(rows, [name for name in columns if name in rows.columns], np.random.default_rng(seed))
        erroneous = injected.filter(rows.hash_rows() != injected.hash_rows())
        limit = contamination_limit(model.score_rows(rows), model.score_rows(erroneous), contamination, control.level, excluded_before)
        stays = [pl.Series(model.score_rows(part) <= limit, dtype=pl.Boolean) for part in self._parts]
        excluded = [compute_checksums(part.filter(~stay)) for part, stay in zip(self._parts, stays, strict=True)]
        split = HistorySplit(*(part.filter(stay) for part, stay in zip(self._parts, stays, strict=True)))
        return replace(self, split=split, excluded=np.concatenate([self.excluded, *excluded]))

    @property
    def _parts(self) -> tuple[pl.DataFrame, ...]:
        return self.split.train, self.split.scale, self.split.calibration

    def calibrate(self, model: DetectorModel, control: ErrorControl) -> CalibratedModel:
        """Calibrate a model on rows that it has not learned from.

        Raises:
            ModelError: They are too few for the guarantee.
        """
        return CalibratedModel(model, sort_calibration_scores(model.score_rows(self.split.calibration), control), self.excluded)


def contamination_limit(scores: NDArray[np.float64], injected: NDArray[np.float64], contamination: float, level: float, excluded_before: int) -> float:
    """Estimate the score above which rows are probably erroneous.

    Above any score, the expected share of erroneous rows equals the share of injected errors found there; the other rows there are clean.
    This gives the score that at most a share `level` of the clean rows exceeds, and the number of erroneous rows: that many rows, the most
    anomalous ones, are excluded.

    Args:
        scores: Of accepted rows.
        injected: Scores of rows with one wrong cell.
        contamination: The share of the accepted rows that is erroneous.
        level: The share of the clean rows that may be flagged.
        excluded_before: Number of rows excluded before.
    """
    highest = np.sort(scores)[::-1]
    detected = 1 - np.searchsorted(np.sort(injected), highest, side="left") / max(len(injected), 1)
    expected = contamination * (len(scores) + excluded_before) * detected
    erroneous = np.floor(expected - 2 * np.sqrt(expected)) - excluded_before  # by chance there are hardly ever fewer
    clean = np.arange(1, len(scores) + 1) - erroneous
    within = int(np.flatnonzero(clean <= level * len(scores)).max(initial=-1)) + 1
    most = min(int(erroneous[within - 1]), within) if within else 0
    return float(highest[most]) if 0 < most < len(scores) else math.inf


def select_clean(p: NDArray[np.float64], scores: NDArray[np.float64], control: ErrorControl, calibration_rows: int) -> NDArray[np.bool_]:
    """Return which rows of new batches count as clean, [rows].

    Args:
        p: Their p-values.
        scores: Their scores.
        control: Which rows are flagged, and how many clean rows may be.
        calibration_rows: Size of the sample that the p-values were computed on.
    """
    flagged = control.flag(p, calibration_rows)
    share = control.level if control.guarantee == "fdr" else control.level / (1 - control.level)
    expected = share * float(flagged.sum() if control.guarantee == "fdr" else (~flagged).sum())  # clean rows among the flagged ones
    if flagged.sum() <= expected + 2 * math.sqrt(expected):
        return np.ones(len(p), bool)
    places = np.flatnonzero(flagged)
    clean = ~flagged
    clean[places[np.argsort(scores[places], kind="stable")[: round(expected)]]] = True
    return clean
