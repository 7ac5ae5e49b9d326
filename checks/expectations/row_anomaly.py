"""Implement expect_row_anomaly_rate_to_be_within_fpr."""

from __future__ import annotations

from dataclasses import dataclass

from checks.expectations.anomaly import AnomalyRate
from checks.expectations.base import NotEvaluated, Result
from sluice.domain import Batch, Message
from sluice.ports import Snapshot
from sluice.rules.evidence import anomaly_evidence


@dataclass(frozen=True)
class RowAnomalyRate(AnomalyRate):
    """Limit the rows that a detector flags to those that it flags among clean rows.

    Attributes:
        schema: Schema of the dataset.
        scorers: Detectors of the dataset by name; None where there are none to ask.
        detector: Name of the detector to ask, as configured under `detect`.
        max_fpr: False positive rate: share of clean rows that may be flagged (0 to 1).

    Example:
        >>> from sluice.domain import Column, Schema
        >>> from sluice.ports import PValues
        >>> from sluice.testing import MemorySnapshot, make_batch
        >>> class LowPrices:
        ...     columns = ("price",)
        ...     def p_values(self, rows, snapshot, column=None): return PValues(rows["price"], calibration_rows=999)
        ...     def blame(self, rows, snapshot): return rows.select(columns=["price"], expected=None)
        >>> schema = Schema("items", columns=(Column("price", "number"),))
        >>> expectation = RowAnomalyRate(schema, {"autoencoder": LowPrices()})
        >>> expectation.evaluate(make_batch(schema, {"price": [0.8, 0.4]}), MemorySnapshot()).failing.to_list()
        [False, False]
    """

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that the detector reads."""
        return tuple(self.scorers[self.detector].columns) if self.scorers else ()

    @property
    def message(self) -> Message:
        """Return what is wrong with a failing row."""
        return Message.of("row_flagged", detector=self.detector, max_fpr=self.max_fpr)

    def evaluate(self, batch: Batch, snapshot: Snapshot) -> Result:
        """Flag rows; the evidence names the blamed cells and the expected value. Skipped while the detector waits for history."""
        answer = self.score(batch, snapshot)
        if isinstance(answer, NotEvaluated):
            return answer
        scorer, scored = answer
        failing = scored.values <= self.max_fpr
        rows = batch.rows.filter(failing)
        evidence = anomaly_evidence(rows, scored.values.filter(failing), scorer.blame(rows, snapshot))
        return self.row_result(scored, scored.values.is_not_null(), evidence)
