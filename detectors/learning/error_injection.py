"""Inject errors into accepted rows, to measure on a shop's own history which detectors help: no labels are needed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

NOISE = 0.5  # standard deviations


def swap_one_cell(rows: pl.DataFrame, columns: Sequence[str], rng: np.random.Generator) -> pl.DataFrame:
    """Replace one cell of each row by another row's: each value is usual, the row is not."""
    return _swap(rows, columns, np.arange(len(columns)) == rng.integers(0, len(columns), (rows.height, 1)), rng)


def swap_half_cells(rows: pl.DataFrame, columns: Sequence[str], rng: np.random.Generator) -> pl.DataFrame:
    """Replace half of the cells by other rows'."""
    return _swap(rows, columns, rng.random((rows.height, len(columns))) < 0.5, rng)


def add_noise(rows: pl.DataFrame, columns: Sequence[str], rng: np.random.Generator) -> pl.DataFrame:
    """Move every number by Gaussian noise of half a standard deviation."""
    numbers = [name for name in columns if rows.schema[name].is_numeric()]
    spread = {name: float(rows[name].cast(pl.Float64).std() or 0) for name in numbers}  # type: ignore[arg-type]  # of floats it is one
    return rows.with_columns(rows[name] + pl.Series(name, rng.normal(size=rows.height) * NOISE * spread[name]) for name in numbers)


def _swap(rows: pl.DataFrame, columns: Sequence[str], changed: NDArray[np.bool_], rng: np.random.Generator) -> pl.DataFrame:
    permuted = [rows[name].gather(rng.permutation(rows.height)) for name in columns]
    return rows.with_columns(cells.zip_with(pl.Series(changed[:, i]), rows[name]) for i, (name, cells) in enumerate(zip(columns, permuted, strict=True)))
