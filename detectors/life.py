"""The life of a learned detector: fitted from history, learning on from each accepted batch, calibrated anew after every change.

Rows that the serving model flags are not learned from and not calibrated on unless a steward released them: dirt that slipped through
must not become usual. But clean rows are among the flagged ones, about as many as the budget allows, and a calibration without them
would lower the threshold with every update. So as many are counted back in, above all others: where nothing drifts the share of
false alarms then stays where it was promised, and where dirt comes it counts for no more than that.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from detectors.calibration import Promise, calibrated, p_values
from detectors.fitted import Fitted
from detectors.history import Parts
from detectors.packing import pack

REPLAY = 0.5  # old rows that are learned from again, for each new one
SHIFTED = 0.1  # distance of two distributions of p-values (Kolmogorov-Smirnov) from which on a whole fit is asked for
CHANCE = 1e-4  # how likely such a distance may be by chance


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A model at hand, with the sorted scores of its calibration rows."""

    fitted: Fitted
    calibration: NDArray[np.float64]

    def p(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """The p-value of each row."""
        return p_values(self.fitted.scores(rows), self.calibration)

    def flags(self, rows: pl.DataFrame, promise: Promise) -> NDArray[np.bool_]:
        """Which rows it flags."""
        return promise.flags(self.p(rows), len(self.calibration))

    def pack(self) -> bytes:
        """As safetensors."""
        arrays, meta = self.fitted.pack()
        return pack({**arrays, "calibration": self.calibration}, meta)


@dataclass(frozen=True, slots=True, eq=False)
class Reservoir:
    """Accepted rows that may be learned from, in their parts.

    Attributes:
        parts: The rows.
        censored: How many clean rows of the threshold part were left out because they were flagged: they count as above all others.
    """

    parts: Parts
    censored: int

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self.parts.train.height + self.parts.scale.height + self.parts.threshold.height

    @classmethod
    def of(cls, rows: pl.DataFrame, released: NDArray[np.bool_], serving: Trained | None, promise: Promise) -> Reservoir:
        """Leave out what the serving model flags, unless it was released."""
        if serving is None:
            return cls(Parts.of(rows), 0)
        flagged = serving.flags(rows, promise) & ~released
        whole, left = Parts.of(rows).threshold.height, Parts.of(rows.filter(pl.Series(flagged))).threshold.height
        clean = promise.level * (left if promise.mode == "fdr" else whole)
        return cls(Parts.of(rows.filter(pl.Series(~flagged))), min(left, round(clean)))

    def calibrate(self, fitted: Fitted, promise: Promise) -> Trained:
        """A model with the scores of rows that nothing was learned from.

        Raises:
            ModelError: They are too few for the promise.
        """
        scores = fitted.scores(self.parts.threshold)
        return Trained(fitted, calibrated(np.concatenate([scores, np.full(self.censored, np.inf)]), promise))


def learned_on(serving: Trained, reservoir: Reservoir, new: frozenset[str], promise: Promise, seed: int) -> Trained:
    """The model after the rows of new runs.

    Args:
        serving: The model as it is.
        reservoir: The newest accepted rows, those of the new runs among them.
        new: The runs to learn from.
        promise: What is promised of false alarms.
        seed: Draws the rows that are learned from again.
    """
    fresh = pl.col("_run_id").is_in(sorted(new))
    rows, others = reservoir.parts.train.filter(fresh), reservoir.parts.train.filter(~fresh)
    again = others.sample(min(others.height, math.ceil(rows.height * REPLAY)), seed=seed)
    fitted = serving.fitted.updated(pl.concat([rows, again]), seed) if rows.height else serving.fitted
    return reservoir.calibrate(fitted.rescaled(reservoir.parts.scale), promise)


def report(trained: Trained, reservoir: Reservoir, new: frozenset[str], promise: Promise) -> Mapping[str, float]:
    """What the card says of a model: how it was calibrated, and how it does on rows that its threshold was not read off.

    Returns:
        `calibration_rows`; `false_positive_rate` on the scale part; `shift`, how far the p-values of the new runs' rows are from those of
        the earlier ones, once they were learned from (0: no farther than chance explains).
    """
    parts = reservoir.parts
    p = trained.p(parts.scale)
    rates = {"calibration_rows": float(len(trained.calibration)), "false_positive_rate": float(promise.flags(p, len(trained.calibration)).mean())}
    fresh = parts.scale["_run_id"].is_in(sorted(new)).to_numpy() if new and "_run_id" in parts.scale.columns else np.zeros(len(p), bool)
    if min(fresh.sum(), (~fresh).sum()) < promise.needs:
        return rates
    distance = stats.ks_2samp(p[fresh], p[~fresh])
    return {**rates, "shift": float(distance.statistic) if distance.pvalue < CHANCE else 0.0}
