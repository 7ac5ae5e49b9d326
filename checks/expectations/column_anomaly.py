"""Implement expect_column_anomaly_rate_to_be_within_fpr."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

import polars as pl

from checks.expectations.anomaly import AnomalyRate
from checks.expectations.base import NotEvaluated, Result
from sluice.domain import ROW, Batch, Message
from sluice.errors import InvalidValue
from sluice.messages import make_error
from sluice.ports import Snapshot
from sluice.rules.evidence import anomaly_evidence


@dataclass(frozen=True)
class ColumnAnomalyRate(AnomalyRate):
    """Limit the cells of a column that a detector flags, given the rest of their row, to those that it flags among clean rows.

    Attributes:
        schema: Schema of the dataset.
        scorers: Detectors of the dataset by name; None where there are none to ask.
        detector: Name of the detector to ask, as configured under `detect`.
        max_fpr: False positive rate: share of clean cells that may be flagged (0 to 1).
        column: Column whose cells are evaluated, nulls among them: an empty cell may be the anomaly.

    Example:
        >>> from sluice.domain import Column, Schema
        >>> from sluice.ports import PValues
        >>> from sluice.testing import MemorySnapshot, make_batch
        >>> class LowPrices:
        ...     columns = ("price",)
        ...     def p_values(self, rows, snapshot, column=None): return PValues(rows["price"], calibration_rows=999)
        ...     def contributions(self, rows, snapshot): return rows.select(ROW, column=pl.lit("price"), expected=pl.lit("0.9"))
        >>> schema = Schema("items", columns=(Column("price", "number"),))
        >>> batch = make_batch(schema, {"price": [0.001, 0.8, 0.4]})
        >>> expectation = ColumnAnomalyRate(schema, {"autoencoder": LowPrices()}, column="price")
        >>> expectation.evaluate(batch, MemorySnapshot()).failing.to_list()
        [True, False, False]
    """

    _: KW_ONLY
    column: str

    def __post_init__(self) -> None:
        """Reject a column that the detector does not read."""
        super().__post_init__()
        if self.scorers and self.column in self.schema.names and self.column not in (columns := self.scorers[self.detector].columns):
            raise make_error(InvalidValue, "detector_skips_column", detector=self.detector, column=self.column, columns=tuple(columns))

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the column."""
        return (self.column,)

    @property
    def message(self) -> Message:
        """Return what is wrong with a failing row."""
        return Message.of("cell_flagged", detector=self.detector, column=self.column, max_fpr=self.max_fpr)

    def evaluate(self, batch: Batch, snapshot: Snapshot) -> Result:
        """Flag cells; the evidence holds the expected value. Skipped while the detector waits for history."""
        answer = self.score(batch, snapshot, self.column)
        if isinstance(answer, NotEvaluated):
            return answer
        scorer, scored = answer
        failing = scored.values <= self.max_fpr
        rows = batch.rows.filter(failing)
        cells = scorer.contributions(rows, snapshot).filter(pl.col("column") == self.column).select(ROW, "expected", "^how$")
        blamed = rows.select(ROW).join(cells, on=ROW, how="left", maintain_order="left").with_columns(columns=pl.lit([self.column], dtype=pl.List(pl.String)))
        return self.row_result(scored, scored.values.is_not_null(), anomaly_evidence(rows, scored.values.filter(failing), blamed))
