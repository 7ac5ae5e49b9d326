"""What people see of a trained model: small, made of JSON's types, kept on its card.

It holds no observed value: whoever shows a row reads its cells from the lake, and masks what is personal. What is expected of a cell
is told for the loudest rows alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.learning.calibration import compute_p_values
from detectors.learning.history import TRAIN_END, compute_checksums
from sluice.domain import ROW

FPR_LEVELS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
POINTS, LOUDEST, LOOKED_AT = 400, 30, 2000  # points of the picture; rows told cell by cell; rows that columns are weighed on
_MOST = 1e300  # rounded up it is finite still
Json: TypeAlias = dict[str, object]


class DiagnosableModel(Protocol):
    """What a picture needs of a trained model."""

    def scores(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """One number a row; the higher, the stranger."""
        ...

    def explain(self, rows: pl.DataFrame) -> pl.DataFrame:
        """`columns` to blame, the worst first, and the value `expected` of the worst."""
        ...

    def cells(self, rows: pl.DataFrame) -> pl.DataFrame:
        """`_row_id`, `column`, `surprise`, `expected`: one row a cell."""
        ...

    def latent(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """[rows, 2 or more]: each row as a point."""
        ...


def compute_diagnostics(fitted: DiagnosableModel, calibration: NDArray[np.float64], rows: pl.DataFrame, newest: pl.DataFrame) -> Json:
    """What to show of a model.

    Args:
        fitted: The model.
        calibration: The sorted scores that p-values are counted on.
        rows: Accepted rows that the model was neither trained nor calibrated on.
        newest: The rows of the newest batch.

    Returns:
        `calibration` (for each `budget` the share of rows with no larger p: of those `held_back`, and of the `newest` batch's that are
        not learned from), `points` (x, y, p),
        `columns` (mean `surprise`, and in how many of the loudest rows it is `blamed`, the loudest first) and `rows` (the loudest ones
        of the newest batch, each with `row`, `p`, `blamed` and `cells`). Without rows a part is empty.
    """
    held_back, fresh = (compute_p_values(fitted.scores(each), calibration) for each in (rows, newest))
    new = fresh[compute_checksums(newest) >= TRAIN_END * 2**32]
    loudest = np.argsort(fresh, kind="stable")[:LOUDEST]
    told = _told(fitted, newest[loudest], fresh[loudest])
    return {
        "calibration": [{"budget": budget, "held_back": _share(held_back, budget), "newest": _share(new, budget)} for budget in FPR_LEVELS],
        "points": _points(fitted, newest, fresh, loudest),
        "columns": _columns(fitted, newest[_spread(newest.height, LOOKED_AT)], told),
        "rows": told,
    }


def _share(p: NDArray[np.float64], budget: float) -> float | None:
    return _plain((p <= budget).mean()) if len(p) else None


def _spread(rows: int, most: int) -> NDArray[np.int64]:
    """No more than so many positions, evenly spread."""
    return np.unique(np.linspace(0, rows - 1, min(rows, most)).round().astype(np.int64)) if rows else np.array([], np.int64)


def _points(fitted: DiagnosableModel, rows: pl.DataFrame, p: NDArray[np.float64], loudest: NDArray[np.int64]) -> list[list[float]]:
    if rows.is_empty():
        return []
    chosen = np.union1d(_spread(rows.height, POINTS), loudest)
    held = fitted.latent(rows[chosen])
    where = np.pad(held, ((0, 0), (0, max(2 - held.shape[1], 0))))[:, :2]  # of one feature the points lie on a line
    return [[_plain(x), _plain(y), _plain(each)] for (x, y), each in zip(where, p[chosen], strict=True)]


def _told(fitted: DiagnosableModel, rows: pl.DataFrame, p: NDArray[np.float64]) -> list[Json]:
    if rows.is_empty():
        return []
    blamed = fitted.explain(rows)["columns"].to_list()
    cells = cells_by_row(fitted, rows)
    return [
        {"row": row, "p": _plain(each), "blamed": list(columns or ()), "cells": cells.get(row, [])}
        for row, each, columns in zip(rows[ROW], p, blamed, strict=True)
    ]


def cells_by_row(fitted: DiagnosableModel, rows: pl.DataFrame) -> dict[str, list[Json]]:
    """By row id, each cell's `column`, `surprise` and `expected`; the loudest cell first."""
    found = fitted.cells(rows).sort("surprise", "column", descending=[True, False], nulls_last=True)
    told: dict[str, list[Json]] = {}
    for row, column, surprise, expected in found.select(ROW, "column", "surprise", "expected").iter_rows():
        told.setdefault(row, []).append({"column": column, "surprise": _plain(surprise or 0.0), "expected": expected})
    return told


def _columns(fitted: DiagnosableModel, rows: pl.DataFrame, loudest: Sequence[Json]) -> list[Json]:
    if rows.is_empty():
        return []
    surprise = pl.col("surprise").fill_nan(0).sum() / rows.height  # a column that is not told of a row surprises by nothing there
    means = fitted.cells(rows).group_by("column").agg(surprise).sort("surprise", "column", descending=[True, False])
    first = [blamed[0] for each in loudest if isinstance(blamed := each["blamed"], list) and blamed]
    return [{"column": column, "surprise": _plain(mean), "blamed": first.count(column)} for column, mean in means.iter_rows()]


def _plain(value: float) -> float:
    """A number that JSON can hold, with the digits that a picture needs."""
    return float(f"{np.clip(np.nan_to_num(value), -_MOST, _MOST):.5g}")
