"""Compute split-conformal p-values, and decide with them which rows are flagged.

A p-value states how unusual a score is among accepted rows that the model has not learned from. The guarantees hold for clean rows that
are exchangeable with those rows, whatever the detector is.

Sources: Bates, Candès, Lei, Romano, Sesia: Testing for outliers with conformal p-values. Annals of Statistics 51(1), 2023 (p-values,
and why Benjamini-Hochberg may be used on them). Vovk: Conditional validity of inductive conformal predictors. ACML 2012 (`conditional`).
Benjamini, Hochberg: Controlling the false discovery rate. JRSS B 57(1), 1995 (`fdr`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sluice.domain import Message, Tally
from sluice.errors import ModelError
from sluice.messages.failures import make_error

Guarantee: TypeAlias = Literal["marginal", "conditional", "fdr"]

CONFIDENCE = 0.95  # of `conditional`
RATES = {"marginal": "marginal false positive rate", "conditional": "conditional false positive rate", "fdr": "false discovery rate"}


@dataclass(frozen=True, slots=True)
class ErrorControl:
    """Control the rate of false positives.

    Attributes:
        guarantee: `marginal`: averaged over all calibration samples, at most `level` of the clean rows are flagged. `conditional`: with a
            confidence of 95 %, this very model flags at most `level` of the clean rows. `fdr`: on average at most `level` of the rows
            flagged in a batch are clean; a row's flag then depends on its batch, its p-value never does.
        level: A share, between 0 and 1.
    """

    guarantee: Guarantee = "marginal"
    level: float = 0.01

    @property
    def min_calibration_rows(self) -> int:
        """Return the smallest calibration sample for which the guarantee can hold: below it no p-value is small enough."""
        if self.guarantee == "conditional":
            return math.ceil(math.log(1 - CONFIDENCE) / math.log1p(-self.level))
        return math.ceil(1 / self.level - 1)

    def describe(self) -> Message:
        """Name the controlled rate and its level, such as `marginal false positive rate of 0.01`."""
        return Message.of("controlled_rate", rate=RATES[self.guarantee], level=self.level)

    def flag(self, p: NDArray[np.float64], calibration_rows: int, limit: Callable[[Tally], float] | None = None) -> NDArray[np.bool_]:
        """Flag rows of a batch.

        Args:
            p: Their p-values, [rows].
            calibration_rows: Size of the sample that the p-values were computed on.
            limit: With `fdr`, return the largest p-value that is flagged in the whole batch from the p-values of these rows; by default these are all rows.

        Returns:
            True where a row is flagged, [rows].
        """
        if self.guarantee == "fdr":
            return np.asarray(p <= (limit or self.discovery_limit)(count_p_values(p)))
        return np.asarray(p <= (conditional_level(self.level, calibration_rows) if self.guarantee == "conditional" else self.level))

    def discovery_limit(self, counts: Tally) -> float:
        """Return the largest p-value that is a discovery by the method of Benjamini and Hochberg; 0 if none is.

        Args:
            counts: How many rows of a batch have each p-value; see `count_p_values`.
        """
        ordered = counts.counts.sort("p")
        p, ranks = ordered["p"].to_numpy(), ordered["count"].cum_sum().to_numpy()  # of equal p-values the last rank decides
        within = p[p <= self.level * ranks / max(int(ordered["count"].sum()), 1)]
        return float(within[-1]) if len(within) else 0.0

    def borderline(
        self, scores: NDArray[np.float64], calibration: NDArray[np.float64], tolerance: float, limit: Callable[[Tally], float] | None = None
    ) -> NDArray[np.bool_]:
        """Find the rows whose flag could change if scores were off by at most a tolerance.

        All other rows keep their flags: the higher scores are, the lower are p-values, and the more is flagged under every guarantee.

        Args:
            scores: Of the rows, [rows].
            calibration: Scores of the calibration rows, sorted.
            tolerance: By how much each score may be off.
            limit: As in `flag`.

        Returns:
            True where a flag could change, [rows].
        """
        if not tolerance:
            return np.zeros(len(scores), np.bool_)
        fewest, most = (self.flag(compute_p_values(scores + offset, calibration), len(calibration), limit) for offset in (-tolerance, tolerance))
        return np.asarray(most & ~fewest)

    def is_exceeded(self, flagged: int, rows: int, calibration_rows: int) -> bool:
        """Return whether a batch has more flagged rows than clean rows can explain.

        For a false positive rate: more than the level by three standard deviations, which account for both samples, the judged rows and
        the calibration rows. For a false discovery rate: any, since a clean batch has one only with a probability of `level`.
        """
        if self.guarantee == "fdr":
            return flagged > 0
        deviation = math.sqrt(self.level * (1 - self.level) * (1 / max(rows, 1) + 1 / max(calibration_rows, 1)))
        return flagged > rows * (self.level + 3 * deviation)


def sort_calibration_scores(scores: NDArray[np.float64], control: ErrorControl) -> NDArray[np.float64]:
    """Sort the scores of the calibration rows.

    Args:
        scores: One per row; infinite for a row that is known to be above all others, but not by how much.
        control: The guarantee that they must suffice for.

    Raises:
        ModelError: There are too few; the message says how many are needed.
    """
    if len(scores) < control.min_calibration_rows:
        raise make_error(ModelError, "calibration_lacks_rows", control=control.describe(), needed=control.min_calibration_rows, rows=len(scores))
    return np.sort(scores)


def compute_p_values(scores: NDArray[np.float64], calibration: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute for each score the share of calibration scores that are at least as high, the score itself included.

    For rows that are exchangeable with the calibration rows, P(p <= a) <= a for every a.

    Args:
        scores: Shape (n,).
        calibration: Sorted scores of the calibration rows.

    Example:
        >>> import numpy as np
        >>> compute_p_values(np.array([0.5, 9.0]), np.array([1.0, 2.0, 3.0])).tolist()
        [1.0, 0.25]
    """
    higher = len(calibration) - np.searchsorted(calibration, scores, side="left")
    return np.asarray((1 + higher) / (len(calibration) + 1))


def conditional_level(level: float, calibration_rows: int) -> float:
    """Return the largest p-value that may be flagged so that, with `CONFIDENCE`, at most `level` of all clean rows are.

    If rows up to the k-th highest of n calibration scores are flagged, the share of clean rows that are flagged is Beta(k, n + 1 - k).
    """
    from scipy.stats import beta

    k = np.arange(1, int(calibration_rows * level) + 1)
    allowed = k[beta.cdf(level, k, calibration_rows + 1 - k) >= CONFIDENCE]
    return float(allowed.max(initial=0) / (calibration_rows + 1))


def count_p_values(p: NDArray[np.float64]) -> Tally:
    """Count rows by their p-values, which are as many as there are calibration rows at most (columns `p` and `count`)."""
    values, counts = np.unique(p, return_counts=True)
    return Tally(pl.DataFrame({"p": values, "count": counts}, schema={"p": pl.Float64, "count": pl.Int64}), ("p",))
