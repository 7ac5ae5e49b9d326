"""Compute diagnostics of a trained model: small, of JSON types, stored on its card.

They hold no observed value: whoever shows a row reads its cells from the lake, and masks personal ones. Expected values are given
for the top rows only.
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
MAX_POINTS, TOP_ROWS, MAX_COLUMN_ROWS = 400, 30, 2000  # points of the plot; rows explained cell by cell; rows that columns are averaged over
_LARGEST = 1e300  # rounded up it is finite still
Json: TypeAlias = dict[str, object]


class DiagnosableModel(Protocol):
    """Give what diagnostics need of a trained model."""

    def score_rows(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """Compute one score per row; the higher, the more anomalous."""
        ...

    def explain(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return `columns` to blame, the worst first, and the value `expected` of the worst."""
        ...

    def explain_cells(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return `_row_id`, `column`, `surprise`, `expected`: one row per cell."""
        ...

    def project(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """Project each row to a point, [rows, 2 or more]."""
        ...


def compute_diagnostics(model: DiagnosableModel, calibration: NDArray[np.float64], rows: pl.DataFrame, newest: pl.DataFrame) -> Json:
    """Compute what to show of a model.

    Args:
        model: The model.
        calibration: Sorted scores that p-values are computed on.
        rows: Accepted rows that the model was neither trained nor calibrated on.
        newest: Rows of the newest batch.

    Returns:
        `calibration` (for each `max_fpr` the share of rows with no larger p: of those `held_back`, and of the `newest` batch's that are
        not learned from), `points` (x, y, p), `columns` (mean `surprise`, and in how many of the top rows it is `blamed`, the highest
        first) and `rows` (the top rows of the newest batch, each with `row`, `p`, `blamed` and `cells`). Without rows a part is empty.
    """
    held_back_p, newest_p = (compute_p_values(model.score_rows(frame), calibration) for frame in (rows, newest))
    unlearned_p = newest_p[compute_checksums(newest) >= TRAIN_END * 2**32]
    top = np.argsort(newest_p, kind="stable")[:TOP_ROWS]
    top_rows = _explain_top_rows(model, newest[top], newest_p[top])
    return {
        "calibration": [
            {"max_fpr": level, "held_back": _share_within(held_back_p, level), "newest": _share_within(unlearned_p, level)} for level in FPR_LEVELS
        ],
        "points": _points(model, newest, newest_p, top),
        "columns": _columns(model, newest[_spread(newest.height, MAX_COLUMN_ROWS)], top_rows),
        "rows": top_rows,
    }


def _share_within(p: NDArray[np.float64], level: float) -> float | None:
    return _to_json((p <= level).mean()) if len(p) else None


def _spread(rows: int, most: int) -> NDArray[np.int64]:
    """Return at most this many positions, evenly spread."""
    return np.unique(np.linspace(0, rows - 1, min(rows, most)).round().astype(np.int64)) if rows else np.array([], np.int64)


def _points(model: DiagnosableModel, rows: pl.DataFrame, p: NDArray[np.float64], top: NDArray[np.int64]) -> list[list[float]]:
    if rows.is_empty():
        return []
    positions = np.union1d(_spread(rows.height, MAX_POINTS), top)
    projected = model.project(rows[positions])
    plane = np.pad(projected, ((0, 0), (0, max(2 - projected.shape[1], 0))))[:, :2]  # of one feature the points lie on a line
    return [[_to_json(x), _to_json(y), _to_json(p_value)] for (x, y), p_value in zip(plane, p[positions], strict=True)]


def _explain_top_rows(model: DiagnosableModel, rows: pl.DataFrame, p: NDArray[np.float64]) -> list[Json]:
    if rows.is_empty():
        return []
    blamed = model.explain(rows)["columns"].to_list()
    cells = _cells_by_row(model, rows)
    return [
        {"row": row, "p": _to_json(p_value), "blamed": list(columns or ()), "cells": cells.get(row, [])}
        for row, p_value, columns in zip(rows[ROW], p, blamed, strict=True)
    ]


def _cells_by_row(model: DiagnosableModel, rows: pl.DataFrame) -> dict[str, list[Json]]:
    """Return each cell's `column`, `surprise` and `expected` by row id; the highest surprise first."""
    ordered = model.explain_cells(rows).sort("surprise", "column", descending=[True, False], nulls_last=True)
    cells: dict[str, list[Json]] = {}
    for row, column, surprise, expected in ordered.select(ROW, "column", "surprise", "expected").iter_rows():
        cells.setdefault(row, []).append({"column": column, "surprise": _to_json(surprise or 0.0), "expected": expected})
    return cells


def _columns(model: DiagnosableModel, rows: pl.DataFrame, top_rows: Sequence[Json]) -> list[Json]:
    if rows.is_empty():
        return []
    surprise = pl.col("surprise").fill_nan(0).sum() / rows.height  # a column that is not given for a row has no surprise there
    means = model.explain_cells(rows).group_by("column").agg(surprise).sort("surprise", "column", descending=[True, False])
    first = [blamed[0] for row in top_rows if isinstance(blamed := row["blamed"], list) and blamed]
    return [{"column": column, "surprise": _to_json(mean), "blamed": first.count(column)} for column, mean in means.iter_rows()]


def _to_json(value: float) -> float:
    """Return a finite number, rounded to the digits that a plot needs."""
    return float(f"{np.clip(np.nan_to_num(value), -_LARGEST, _LARGEST):.5g}")
