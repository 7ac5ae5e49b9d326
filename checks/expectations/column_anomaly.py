"""expect_column_anomaly_rate_to_be_within_fpr: no more cells of a column are unusual than clean ones are by chance."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

import polars as pl

from checks.expectations.anomaly import AnomalyRate, told
from checks.expectations.base import Found, Unjudged
from sluice.domain import ROW, Batch
from sluice.ports import Snapshot


@dataclass(frozen=True)
class ColumnAnomalyRate(AnomalyRate):
    """Given the rest of its row, a detector finds a cell no more unusual than all but the budget's share of accepted cells.

    Attributes:
        column: The column whose cells are judged, nulls among them: that a cell is empty may be what is unusual.
    """

    _: KW_ONLY
    column: str

    def __post_init__(self) -> None:
        """The detector must look at the column."""
        super().__post_init__()
        if self.scorers and self.column in self.schema.names and self.column not in (looked_at := self.scorers[self.detector].columns):
            raise ValueError(f"{self.detector} does not look at {self.column}; it looks at {', '.join(looked_at)}")

    @property
    def columns(self) -> tuple[str, ...]:
        """The column."""
        return (self.column,)

    @property
    def message(self) -> str:
        """What is expected, in words."""
        return f"given the rest of its row, no more than {self.max_fpr * 100:g}% of {self.column} is as unusual to {self.detector} as the most unusual accepted"

    def find(self, batch: Batch, snapshot: Snapshot) -> Found:
        """The evidence holds the value that was expected. Skipped while the detector waits for history."""
        asked = self.ask(batch, snapshot, self.column)
        if isinstance(asked, Unjudged):
            return asked
        scorer, scored = asked
        failing = scored.p <= self.max_fpr
        rows = batch.rows.filter(failing)
        cells = scorer.cells(rows, snapshot).filter(pl.col("column") == self.column).select(ROW, "expected", "^how$")
        found = rows.select(ROW).join(cells, on=ROW, how="left", maintain_order="left").with_columns(columns=pl.lit([self.column], dtype=pl.List(pl.String)))
        return self.rows(scored, scored.p.is_not_null(), told(rows, scored.p.filter(failing), found))
