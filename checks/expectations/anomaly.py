"""Share the settings of the expectations that ask a detector, and the number of rows that it may flag by chance."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import polars as pl

from checks.expectations.base import NotEvaluated, RowResult
from sluice.config import did_you_mean
from sluice.domain import Batch, Dimension, Message, OnFail, Schema, Severity
from sluice.errors import InvalidValue, ModelError
from sluice.messages import make_error
from sluice.ports import PValues, Scorer, Snapshot

STANDARD_DEVIATIONS = 3.0


@dataclass(frozen=True)
class AnomalyRate:
    """Limit the rows, or cells, that a detector flags to those that it flags among clean rows.

    A clean row is flagged with a probability of `max_fpr`. The expectation passes while no more rows are flagged than clean
    rows explain: the rate, and three standard deviations. With a `mostly` below 1 that share decides instead.

    Attributes:
        schema: Schema of the dataset.
        scorers: Detectors of the dataset by name; None where there are none to ask.
        detector: Name of the detector to ask, as configured under `detect`.
        max_fpr: False positive rate: share of clean rows that may be flagged (0 to 1).
    """

    dimension: ClassVar[Dimension] = "accuracy"
    severity: ClassVar[Severity] = "warning"
    on_fail: ClassVar[OnFail] = "flag"
    table_level: ClassVar[bool] = False
    in_parts: ClassVar[bool] = True

    schema: Schema
    scorers: Mapping[str, Scorer] | None = field(repr=False, compare=False)
    detector: str = "autoencoder"
    max_fpr: float = 0.01

    def __post_init__(self) -> None:
        """Reject a rate out of range, and a detector that is not configured."""
        if not 0 < self.max_fpr < 1:
            raise make_error(InvalidValue, "row_share_unfit")
        if self.scorers is not None and self.detector not in self.scorers:
            hint = did_you_mean(self.detector, list(self.scorers)) if self.scorers else Message.of("none_learns")
            raise make_error(InvalidValue, "no_such_detector", detector=self.detector, hint=hint)

    def score(self, batch: Batch, snapshot: Snapshot, column: str | None = None) -> tuple[Scorer, PValues] | NotEvaluated:
        """Return the detector and its p-values, or the reason why there are none."""
        if self.scorers is None:
            return NotEvaluated("not_evaluated", Message.of("detector_missing", detector=self.detector))
        scorer = self.scorers[self.detector]
        try:
            scored = scorer.p_values(batch.rows, snapshot, column)
        except ModelError as error:
            return NotEvaluated("skipped", Message.of("detector_not_ready", detector=self.detector, reason=str(error)))
        if scored.calibration_rows < (needed := required_rows(self.max_fpr)):
            reason = Message.of("max_fpr_unsupported", detector=self.detector, max_fpr=self.max_fpr, needed=needed, rows=scored.calibration_rows)
            return NotEvaluated("skipped", reason)
        return scorer, scored

    def row_result(self, scored: PValues, evaluated: pl.Series, evidence: pl.DataFrame) -> RowResult:
        """Compare p-values with the rate."""
        failing = (scored.values <= self.max_fpr).fill_null(value=False) & evaluated
        return RowResult(failing, evaluated, evidence, lambda rows: max_flagged(rows, self.max_fpr, scored.calibration_rows))


def required_rows(max_fpr: float) -> int:
    """Compute the number of calibration rows that a false positive rate takes: with fewer, no p-value is as small."""
    return math.ceil(1 / max_fpr - 1)


def max_flagged(rows: int, max_fpr: float, calibration_rows: int) -> float:
    """Compute how many of so many clean rows may be flagged, with the sampling error of both the rows and the calibration rows."""
    variance = max_fpr * (1 - max_fpr) * (1 / max(rows, 1) + 1 / max(calibration_rows, 1))
    return rows * max_fpr + STANDARD_DEVIATIONS * rows * math.sqrt(variance)
