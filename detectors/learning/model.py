"""What a trained model can do, whatever it is."""

from __future__ import annotations

from typing import Any, Protocol, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sluice.domain import ROW


class DetectorModel(Protocol):
    """A trained model: scores and explains rows, each by itself.

    A model that inherits from it must give the first three methods; the others have answers that are right, if plain, for every model.
    """

    def scores(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """One finite number a row; the higher, the stranger."""
        ...

    def explain(self, rows: pl.DataFrame) -> pl.DataFrame:
        """One row a row: `columns` to blame, the worst first, the value `expected` of the worst, as text or null; it may say `how` that is odd."""
        ...

    def pack(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """As arrays and as JSON, for `Learned.restore`."""
        ...

    @property
    def bound(self) -> float:
        """By how much a score may be off where another device computes it. Here: not at all, since there is no other."""
        return 0.0

    def cells(self, rows: pl.DataFrame) -> pl.DataFrame:
        """One row a row and column: `_row_id`, `column`, its `surprise` (-log10 p, or the detector's own share; not negative), `expected` as text or null.

        Here: only the blamed columns, the k-th of them with 1 / k.
        """
        told = self.explain(rows).with_columns(rows[ROW])
        share = 1 / pl.int_range(1, pl.len() + 1).over(ROW)
        blamed = told.explode("columns").drop_nulls("columns").with_columns(surprise=share.cast(pl.Float64))
        expected = pl.when(pl.col("surprise") == 1).then("expected")
        return blamed.select(ROW, pl.col("columns").alias("column"), "surprise", expected.alias("expected"))

    def latent(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """[rows, 2]: each row as a point of a picture. Here: its score, on a line."""
        scores = self.scores(rows)
        return np.stack([scores, np.zeros_like(scores)], axis=1)

    def updated(self, rows: pl.DataFrame, seed: int) -> Self:
        """The model after it has learned on from rows, at a small part of a fit's cost. Here: as it was."""
        return self

    def rescaled(self, rows: pl.DataFrame) -> Self:
        """The model with its cells' scales fitted on rows that it has not learned from. Here: as it was."""
        return self
