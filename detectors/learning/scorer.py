"""Offer a learned detector's p-values to expectations, and its explanation of one row to people."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.features.columns import select_columns
from detectors.learning import history
from detectors.learning.base import LearnedDetector
from detectors.learning.calibrated_model import CalibratedModel
from detectors.learning.calibration import compute_p_values
from detectors.learning.history import HistorySplit
from detectors.learning.restored import restore_model
from sluice.domain import ROW
from sluice.ports import PValues, Scorer, Snapshot


def make_scorer(detector: object) -> Scorer | None:
    """Make a scorer of a detector; None for one that does not score rows."""
    return LearnedScorer(detector) if isinstance(detector, LearnedDetector) else None


@dataclass(frozen=True)
class LearnedScorer:
    """Score rows and cells with the model that served at a snapshot.

    Attributes:
        detector: The detector.
    """

    detector: LearnedDetector

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that the detector uses."""
        return select_columns(self.detector.schema, self.detector.columns)

    def p_values(self, rows: pl.DataFrame, snapshot: Snapshot, column: str | None = None) -> PValues:
        """Compute split-conformal p-values: of rows by their score; of cells by their surprise, among accepted cells of the same column.

        Raises:
            ModelError: The detector is not fitted yet; the message says how many rows it waits for.
        """
        trained = self._trained(snapshot)
        if column is None:
            return PValues(pl.Series("p", trained.p_values(rows)), len(trained.calibration_scores))
        calibration = _cell_calibration(self, snapshot)[column]  # type: ignore[arg-type]  # snapshots have the hash that every object has
        return PValues(pl.Series("p", compute_p_values(_surprise(trained, rows, column), calibration)), len(calibration))

    def blame(self, rows: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
        """Return one row per row: `columns` to blame, the worst first, and the value `expected` of the worst, as text or null.

        Raises:
            ModelError: The detector is not fitted yet.
        """
        empty = pl.DataFrame(schema={"columns": pl.List(pl.String), "expected": pl.String})
        return self._trained(snapshot).model.explain(rows) if rows.height else empty

    def contributions(self, rows: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
        """Return one row per row and column: `_row_id`, `column`, `surprise` and `expected`.

        Raises:
            ModelError: The detector is not fitted yet.
        """
        empty = pl.DataFrame(schema={ROW: pl.String, "column": pl.String, "surprise": pl.Float64, "expected": pl.String})
        return self._trained(snapshot).model.explain_cells(rows) if rows.height else empty

    def calibration_rows(self, snapshot: Snapshot) -> pl.DataFrame:
        """Read the accepted rows that thresholds are calibrated on and nothing was learned from."""
        rows = history.read_accepted(snapshot, self.detector.schema, self.columns, min_rows=1, max_rows=self.detector.max_rows)
        return HistorySplit.from_rows(rows).calibration

    def _trained(self, snapshot: Snapshot) -> CalibratedModel:
        artifact = snapshot.model(self.detector.name)
        if artifact is None:
            raise history.waiting_error(self.detector.min_training_rows - history.count_accepted(snapshot, self.detector.schema))
        return restore_model(self.detector, artifact)


@functools.lru_cache(maxsize=4)
def _cell_calibration(scorer: LearnedScorer, snapshot: Snapshot) -> dict[str, NDArray[np.float64]]:
    """Return the sorted surprises of accepted cells by column; cached, since a batch is judged up to three times."""
    rows = scorer.calibration_rows(snapshot)
    cells = scorer.contributions(rows, snapshot)
    return {column: np.sort(_align(cells, rows, column)) for column in scorer.columns}


def _surprise(trained: CalibratedModel, rows: pl.DataFrame, column: str) -> NDArray[np.float64]:
    return _align(trained.model.explain_cells(rows), rows, column) if rows.height else np.zeros(0)


def _align(cells: pl.DataFrame, rows: pl.DataFrame, column: str) -> NDArray[np.float64]:
    """Return a column's surprise row by row; 0 where the model gives none."""
    surprise = cells.filter(pl.col("column") == column).select(ROW, "surprise")
    return rows.select(ROW).join(surprise, on=ROW, how="left", maintain_order="left")["surprise"].fill_nan(0).fill_null(0).cast(pl.Float64).to_numpy()
