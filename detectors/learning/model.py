"""Define what a fitted detector model can do, whatever its algorithm."""

from __future__ import annotations

from typing import Any, Protocol, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sluice.domain import ROW


class DetectorModel(Protocol):
    """Score and explain rows, each row by itself.

    A model that inherits from this class implements `score_rows`, `explain` and `pack`; the other methods have defaults that are correct,
    if simple, for every model.
    """

    def score_rows(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """Compute one finite anomaly score per row; the higher, the more anomalous."""
        ...

    def explain(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return one row per row: `columns` to blame, the worst first, the value `expected` of the worst as text or null, optionally `how` it is odd."""
        ...

    def pack(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """Return the model as arrays and JSON, for `LearnedDetector.restore`."""
        ...

    @property
    def score_tolerance(self) -> float:
        """Return by how much a score may differ on another device. Default: 0, for models that run on the CPU only."""
        return 0.0

    def explain_cells(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return one row per row and column: `_row_id`, `column`, `surprise` (-log10 p, or the detector's own measure; >= 0), `expected` as text or null.

        Default: only the blamed columns, the k-th of them with 1 / k.
        """
        explanations = self.explain(rows).with_columns(rows[ROW])
        share = 1 / pl.int_range(1, pl.len() + 1).over(ROW)
        blamed = explanations.explode("columns").drop_nulls("columns").with_columns(surprise=share.cast(pl.Float64))
        expected = pl.when(pl.col("surprise") == 1).then("expected")
        return blamed.select(ROW, pl.col("columns").alias("column"), "surprise", expected.alias("expected"))

    def project(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """Project each row to a point of a scatter plot, [rows, 2]. Default: its score, on a line."""
        scores = self.score_rows(rows)
        return np.stack([scores, np.zeros_like(scores)], axis=1)

    def partial_fit(self, rows: pl.DataFrame, seed: int) -> Self:
        """Return the model after learning from more rows, at a small part of a full fit's cost. Default: unchanged."""
        return self

    def rescale(self, rows: pl.DataFrame) -> Self:
        """Return the model with the scales of its cells refitted on rows that it has not learned from. Default: unchanged."""
        return self
