"""Update a learned detector from new batches, and measure how it is calibrated."""

from __future__ import annotations

import math
from collections.abc import Mapping

import polars as pl
from scipy import stats

from detectors.learning.calibrated_model import CalibratedModel
from detectors.learning.calibration import ErrorControl, compute_p_values
from detectors.learning.history import is_from_runs
from detectors.learning.reservoir import Reservoir

MAX_UPDATE_ROWS = 3_000  # new rows learned from in one update, drawn at random: an update must cost little, however large the batch
MAX_CALIBRATION_ROWS = 4_000  # rows that an update is scaled, and calibrated, on, unless the guarantee takes more
REPLAY_RATIO = 0.5  # old rows that are learned from again, per new row
MAX_DIAGNOSTIC_ROWS = 3_000  # rows that diagnostics are computed on after an update
SHIFT_LIMIT = 0.1  # distance of two distributions of p-values (Kolmogorov-Smirnov) above which a full refit is requested
SHIFT_ALPHA = 1e-4  # significance level of that distance


def partial_fit_model(serving: CalibratedModel, reservoir: Reservoir, new: frozenset[str], control: ErrorControl, seed: int) -> CalibratedModel:
    """Return the model after learning from the rows of new runs, calibrated anew.

    Args:
        serving: The present model.
        reservoir: The newest accepted rows, those of the new runs among them.
        new: The ids of the runs to learn from.
        control: The rate of false positives to keep.
        seed: Draws the old rows that are learned from again.
    """
    is_new = pl.Series(is_from_runs(reservoir.split.train, new), dtype=pl.Boolean)
    rows, old = reservoir.split.train.filter(is_new).head(MAX_UPDATE_ROWS), reservoir.split.train.filter(~is_new)  # in no order of time
    replayed = old.sample(min(old.height, math.ceil(rows.height * REPLAY_RATIO)), seed=seed)
    model = serving.model.partial_fit(pl.concat([rows, replayed]), seed) if rows.height else serving.model
    return reservoir.calibrate(model.rescale(reservoir.split.scale), control)


def compute_metrics(trained: CalibratedModel, reservoir: Reservoir, new: frozenset[str], control: ErrorControl) -> Mapping[str, float]:
    """Measure a model's calibration on rows that its threshold was not computed from.

    Returns:
        `calibration_rows`; `false_positive_rate` on the scale part; `bound`, by how much a score may be off on another device, and
        `borderline`, the share of the scale part whose flags such a difference could change; `shift`, the distance between the p-values of
        the new runs' rows and those of earlier rows after learning (0: no larger than chance explains).
    """
    split = reservoir.split
    scores, calibration, tolerance = trained.model.score_rows(split.scale), trained.calibration_scores, trained.model.score_tolerance
    p = compute_p_values(scores, calibration)
    flagged, borderline = control.flag(p, len(calibration)), control.borderline(scores, calibration, tolerance)
    measured = {"false_positive_rate": flagged.mean(), "bound": tolerance, "borderline": borderline.mean()}
    metrics = {"calibration_rows": float(len(calibration)), **{name: float(value) for name, value in measured.items()}}
    is_new = is_from_runs(split.scale, new)
    if min(is_new.sum(), (~is_new).sum()) < control.min_calibration_rows:
        return metrics
    distance = stats.ks_2samp(p[is_new], p[~is_new])
    return {**metrics, "shift": float(distance.statistic) if distance.pvalue < SHIFT_ALPHA else 0.0}
