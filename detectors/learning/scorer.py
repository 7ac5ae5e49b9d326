"""What expectations, and people who look at one row, may ask of a learned detector."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.features.columns import select_columns
from detectors.learning import history
from detectors.learning.base import LearnedDetector, restore_model
from detectors.learning.calibrated_model import CalibratedModel
from detectors.learning.calibration import compute_p_values
from detectors.learning.history import HistorySplit
from sluice.domain import ROW
from sluice.errors import ModelError
from sluice.ports import Scored, Scorer, Snapshot


def make_scorer(step: object) -> Scorer | None:
    """The scorer of a detector; None for one that does not learn what rows are like."""
    return LearnedScorer(step) if isinstance(step, LearnedDetector) else None


@dataclass(frozen=True)
class LearnedScorer:
    """A learned detector as a Scorer, by the model that served at the snapshot.

    Attributes:
        detector: The detector.
    """

    detector: LearnedDetector

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it looks at."""
        return select_columns(self.detector.schema, self.detector.columns)

    def scored(self, rows: pl.DataFrame, snapshot: Snapshot, column: str | None = None) -> Scored:
        """Split-conformal p-values: of rows by their score; of cells by their surprise, among accepted cells of the same column.

        Raises:
            ModelError: It has not learned yet; the text says how many rows it waits for.
        """
        trained = self._trained(snapshot)
        if column is None:
            return Scored(pl.Series("p", trained.p(rows)), len(trained.calibration))
        known = _calibration(self, snapshot)[column]  # type: ignore[arg-type]  # snapshots have the hash that every object has
        return Scored(pl.Series("p", compute_p_values(_surprise(trained, rows, column), known)), len(known))

    def blamed(self, rows: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
        """One row a row: `columns` to blame, the worst first, and the value `expected` of the worst, as text or null.

        Raises:
            ModelError: It has not learned yet.
        """
        empty = pl.DataFrame(schema={"columns": pl.List(pl.String), "expected": pl.String})
        return self._trained(snapshot).fitted.explain(rows) if rows.height else empty

    def cells(self, rows: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
        """One row a row and column: `_row_id`, `column`, `surprise` and `expected`.

        Raises:
            ModelError: It has not learned yet.
        """
        empty = pl.DataFrame(schema={ROW: pl.String, "column": pl.String, "surprise": pl.Float64, "expected": pl.String})
        return self._trained(snapshot).fitted.cells(rows) if rows.height else empty

    def held_back(self, snapshot: Snapshot) -> pl.DataFrame:
        """Accepted rows that nothing was learned from: those that thresholds are calibrated on."""
        each = self.detector
        rows = history.read_accepted(snapshot, each.schema, self.columns, needs=1, sample=each.sample)
        return HistorySplit.of(rows).threshold

    def _trained(self, snapshot: Snapshot) -> CalibratedModel:
        artifact = snapshot.model(self.detector.name)
        if artifact is None:
            raise ModelError(history.waiting_message(self.detector.fewest - history.count_accepted(snapshot, self.detector.schema)))
        return restore_model(self.detector, artifact)


@functools.lru_cache(maxsize=4)
def _calibration(scorer: LearnedScorer, snapshot: Snapshot) -> dict[str, NDArray[np.float64]]:
    """By column, the sorted surprises of accepted cells; kept at hand, for a batch is judged up to three times."""
    rows = scorer.held_back(snapshot)
    cells = scorer.cells(rows, snapshot)
    return {column: np.sort(_aligned(cells, rows, column)) for column in scorer.columns}


def _surprise(trained: CalibratedModel, rows: pl.DataFrame, column: str) -> NDArray[np.float64]:
    return _aligned(trained.fitted.cells(rows), rows, column) if rows.height else np.zeros(0)


def _aligned(cells: pl.DataFrame, rows: pl.DataFrame, column: str) -> NDArray[np.float64]:
    """A column's surprise, row by row; one that is not told of a row does not surprise there."""
    told = cells.filter(pl.col("column") == column).select(ROW, "surprise")
    return rows.select(ROW).join(told, on=ROW, how="left", maintain_order="left")["surprise"].fill_nan(0).fill_null(0).cast(pl.Float64).to_numpy()
