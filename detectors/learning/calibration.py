"""Split-conformal p-values, and the promises on false alarms that are kept with them.

A p-value tells how unusual a score is among accepted rows that nothing was learned from. All that is promised holds for clean rows
that are exchangeable with those, whatever the detector is.

Sources: Bates, Candès, Lei, Romano, Sesia: Testing for outliers with conformal p-values. Annals of Statistics 51(1), 2023 (p-values,
and why Benjamini-Hochberg may be used on them). Vovk: Conditional validity of inductive conformal predictors. ACML 2012 (`sure`).
Benjamini, Hochberg: Controlling the false discovery rate. JRSS B 57(1), 1995 (`fdr`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sluice.errors import ModelError

Guarantee: TypeAlias = Literal["budget", "sure", "fdr"]

CONFIDENCE = 0.95  # of `sure`


@dataclass(frozen=True, slots=True)
class ErrorControl:
    """What is promised of false alarms.

    Attributes:
        mode: `budget`: on average over all calibration samples no more than `level` of the clean rows are flagged. `sure`: with a
            confidence of 95 %, this very model flags no more than `level` of the clean rows. `fdr`: on average no more than `level`
            of the rows that are flagged in a batch are clean; a row's flag then depends on its batch, its p-value never.
        level: A share, between 0 and 1.
    """

    mode: Guarantee = "budget"
    level: float = 0.01

    @property
    def needs(self) -> int:
        """The fewest calibration rows that the promise can be kept with: below it no p-value is small enough."""
        if self.mode == "sure":
            return math.ceil(math.log(1 - CONFIDENCE) / math.log1p(-self.level))
        return math.ceil(1 / self.level - 1)

    def flags(self, p: NDArray[np.float64], calibration: int) -> NDArray[np.bool_]:
        """Which rows of a batch are flagged.

        Args:
            p: Their p-values.
            calibration: How many rows those were calibrated on.
        """
        if self.mode == "fdr":
            return np.asarray(p <= benjamini_hochberg(p, self.level))
        return np.asarray(p <= (conditional_level(self.level, calibration) if self.mode == "sure" else self.level))

    def borderline(self, scores: NDArray[np.float64], calibration: NDArray[np.float64], bound: float) -> NDArray[np.bool_]:
        """Which rows of a batch are so near the threshold that they might be flagged, or not, were scores off by no more than a bound.

        All others keep their flags whatever happens to scores within the bound: the higher scores are, the lower are p-values, and
        the more is flagged in every mode.

        Args:
            scores: Of the rows.
            calibration: The scores of the calibration rows, sorted.
            bound: By how much each score may be off.
        """
        least, most = (self.flags(compute_p_values(scores + off, calibration), len(calibration)) for off in (-bound, bound))
        return np.asarray(most & ~least)

    def broken(self, flagged: int, rows: int, calibration: int) -> bool:
        """Were more rows of a batch flagged than clean rows can explain.

        For a share: above it by three standard deviations, which count both samples, the rows judged and the calibration rows. For a
        rate of false discoveries: any, since none is made in a clean batch but with a chance of `level`.
        """
        if self.mode == "fdr":
            return flagged > 0
        deviation = math.sqrt(self.level * (1 - self.level) * (1 / max(rows, 1) + 1 / max(calibration, 1)))
        return flagged > rows * (self.level + 3 * deviation)


def sort_calibration_scores(scores: NDArray[np.float64], promise: ErrorControl) -> NDArray[np.float64]:
    """The scores of the calibration rows, sorted.

    Args:
        scores: One a row; infinite for a row that is known to be above all others, but not by how much.
        promise: What they must suffice for.

    Raises:
        ModelError: There are too few; the text says how many it takes.
    """
    if len(scores) < promise.needs:
        raise ModelError(f"a {promise.mode} of {promise.level:g} needs {promise.needs:,} calibration rows, and there are {len(scores):,}")
    return np.sort(scores)


def compute_p_values(scores: NDArray[np.float64], calibration: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each score, the share of calibration scores at least as high, itself counted among them.

    For rows that are exchangeable with the calibration rows, P(p <= a) <= a for every a.
    """
    higher = len(calibration) - np.searchsorted(calibration, scores, side="left")
    return np.asarray((1 + higher) / (len(calibration) + 1))


def conditional_level(level: float, calibration: int) -> float:
    """The largest p-value that may be flagged so that, with `CONFIDENCE`, no more than `level` of all clean rows are.

    Where rows up to the k-th highest of n calibration scores are flagged, the share of clean rows that are is Beta(k, n + 1 - k).
    """
    from scipy.stats import beta

    k = np.arange(1, int(calibration * level) + 1)
    kept = k[beta.cdf(level, k, calibration + 1 - k) >= CONFIDENCE]
    return float(kept.max(initial=0) / (calibration + 1))


def benjamini_hochberg(p: NDArray[np.float64], level: float) -> float:
    """The largest p-value that is a discovery; below every p-value where none is."""
    ranked = np.sort(p)
    within = ranked[ranked <= level * np.arange(1, len(p) + 1) / max(len(p), 1)]
    return float(within[-1]) if len(within) else 0.0
