"""Errors planted into accepted rows, by which a shop's own history tells which detectors help: no label is needed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

NOISE = 0.5  # standard deviations


def swap_one_cell(rows: pl.DataFrame, columns: Sequence[str], rng: np.random.Generator) -> pl.DataFrame:
    """One cell of each row is another row's: each value is usual, the row is not."""
    return _mixed(rows, columns, np.arange(len(columns)) == rng.integers(0, len(columns), (rows.height, 1)), rng)


def swap_half_cells(rows: pl.DataFrame, columns: Sequence[str], rng: np.random.Generator) -> pl.DataFrame:
    """Half of the cells are other rows'."""
    return _mixed(rows, columns, rng.random((rows.height, len(columns))) < 0.5, rng)


def add_noise(rows: pl.DataFrame, columns: Sequence[str], rng: np.random.Generator) -> pl.DataFrame:
    """Every number is off by half a standard deviation."""
    numbers = [name for name in columns if rows.schema[name].is_numeric()]
    spread = {name: float(rows[name].cast(pl.Float64).std() or 0) for name in numbers}  # type: ignore[arg-type]  # of floats it is one
    return rows.with_columns(rows[name] + pl.Series(name, rng.normal(size=rows.height) * NOISE * spread[name]) for name in numbers)


def roc_auc(clean: NDArray[np.float64], dirty: NDArray[np.float64]) -> float:
    """The chance that a dirty row scores above a clean one: the area under the receiver operating characteristic."""
    from scipy.stats import rankdata

    ranks = rankdata(np.concatenate([clean, dirty]))[len(clean) :]
    return float((ranks.sum() - len(dirty) * (len(dirty) + 1) / 2) / max(len(clean) * len(dirty), 1))


def _mixed(rows: pl.DataFrame, columns: Sequence[str], changed: NDArray[np.bool_], rng: np.random.Generator) -> pl.DataFrame:
    others = [rows[name].gather(rng.permutation(rows.height)) for name in columns]
    return rows.with_columns(other.zip_with(pl.Series(changed[:, i]), rows[name]) for i, (name, other) in enumerate(zip(columns, others, strict=True)))
