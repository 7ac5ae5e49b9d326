"""The life of a learned detector: fitted from history, learning on from each accepted batch, calibrated anew after every change."""

from __future__ import annotations

import math
from collections.abc import Mapping

import polars as pl
from scipy import stats

from detectors.learning.calibrated_model import CalibratedModel
from detectors.learning.calibration import ErrorControl, compute_p_values
from detectors.learning.history import is_from_runs
from detectors.learning.reservoir import Reservoir

MAX_UPDATE_ROWS = 3_000  # the most new rows that are learned from in one update, drawn at random: an update must cost little, however large the batch
MAX_CALIBRATION_ROWS = 4_000  # the most rows that an update is scaled, and calibrated, on, where the promise does not take more
REPLAY_RATIO = 0.5  # old rows that are learned from again, for each new one
MAX_DIAGNOSTIC_ROWS = 3_000  # rows that people are shown something of after an update
SHIFT_LIMIT = 0.1  # distance of two distributions of p-values (Kolmogorov-Smirnov) from which on a whole fit is asked for
SHIFT_ALPHA = 1e-4  # how likely such a distance may be by chance


def partial_fit_model(serving: CalibratedModel, reservoir: Reservoir, new: frozenset[str], promise: ErrorControl, seed: int) -> CalibratedModel:
    """The model after the rows of new runs.

    Args:
        serving: The model as it is.
        reservoir: The newest accepted rows, those of the new runs among them.
        new: The runs to learn from.
        promise: What is promised of false alarms.
        seed: Draws the rows that are learned from again.
    """
    fresh = pl.Series(is_from_runs(reservoir.parts.train, new), dtype=pl.Boolean)
    rows, others = reservoir.parts.train.filter(fresh).head(MAX_UPDATE_ROWS), reservoir.parts.train.filter(~fresh)  # in no order of time
    again = others.sample(min(others.height, math.ceil(rows.height * REPLAY_RATIO)), seed=seed)
    fitted = serving.fitted.updated(pl.concat([rows, again]), seed) if rows.height else serving.fitted
    return reservoir.calibrate(fitted.rescaled(reservoir.parts.scale), promise)


def compute_metrics(trained: CalibratedModel, reservoir: Reservoir, new: frozenset[str], promise: ErrorControl) -> Mapping[str, float]:
    """What the card says of a model: how it was calibrated, and how it does on rows that its threshold was not read off.

    Returns:
        `calibration_rows`; `false_positive_rate` on the scale part; `bound`, by how much a score may be off on another device, and
        `borderline`, the share of the scale part whose flags such a difference could turn; `shift`, how far the p-values of the new
        runs' rows are from those of the earlier ones, once they were learned from (0: no farther than chance explains).
    """
    parts = reservoir.parts
    scores, calibration, bound = trained.fitted.scores(parts.scale), trained.calibration, trained.fitted.bound
    p = compute_p_values(scores, calibration)
    kept, near = promise.flags(p, len(calibration)), promise.borderline(scores, calibration, bound)
    told = {"false_positive_rate": kept.mean(), "bound": bound, "borderline": near.mean()}
    rates = {"calibration_rows": float(len(calibration)), **{name: float(value) for name, value in told.items()}}
    fresh = is_from_runs(parts.scale, new)
    if min(fresh.sum(), (~fresh).sum()) < promise.needs:
        return rates
    distance = stats.ks_2samp(p[fresh], p[~fresh])
    return {**rates, "shift": float(distance.statistic) if distance.pvalue < SHIFT_ALPHA else 0.0}
