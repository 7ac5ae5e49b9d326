"""expect_row_anomaly_rate_to_be_within_fpr: no more rows are unusual than clean rows are by chance."""

from __future__ import annotations

from dataclasses import dataclass

from checks.expectations.anomaly import AnomalyRate, told
from checks.expectations.base import Found, Unjudged
from sluice.domain import Batch
from sluice.ports import Snapshot


@dataclass(frozen=True)
class RowAnomalyRate(AnomalyRate):
    """A detector finds a row no more unusual than all but the budget's share of accepted rows."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the detector looks at."""
        return tuple(self.scorers[self.detector].columns) if self.scorers else ()

    @property
    def message(self) -> str:
        """What is expected, in words."""
        return f"no more than {self.max_fpr * 100:g}% of the rows are as unusual to {self.detector} as the most unusual accepted ones"

    def find(self, batch: Batch, snapshot: Snapshot) -> Found:
        """The evidence names the cells to blame, and what was expected. Skipped while the detector waits for history."""
        asked = self.ask(batch, snapshot)
        if isinstance(asked, Unjudged):
            return asked
        scorer, scored = asked
        failing = scored.p <= self.max_fpr
        rows = batch.rows.filter(failing)
        evidence = told(rows, scored.p.filter(failing), scorer.blamed(rows, snapshot))
        return self.rows(scored, scored.p.is_not_null(), evidence)
