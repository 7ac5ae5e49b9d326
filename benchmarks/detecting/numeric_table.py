"""Generate the table of numbers that speed is measured on."""

from __future__ import annotations

import numpy as np
import polars as pl

from detectors.learning.history import HistorySplit
from sluice.domain import ROW, Column, Schema

COLUMNS = 20
ROWS, QUICK = 1_000_000, 100_000
FITTED = 20_000  # rows that are learned from where only the rate counts, by PyOD and by ours
NAMES = tuple(f"c{i:02}" for i in range(COLUMNS))
SCHEMA = Schema("table", columns=tuple(Column(name, "number") for name in NAMES))


def table(n: int, seed: int) -> pl.DataFrame:
    """Return columns of numbers of several shapes that depend on each other."""
    rng = np.random.default_rng(seed)
    hidden = rng.normal(size=(n, 4))
    mixed = hidden @ np.random.default_rng(0).normal(size=(4, COLUMNS)) + 0.3 * rng.normal(size=(n, COLUMNS))
    shapes = (lambda x: x, np.exp, np.round, np.tanh)
    columns = [pl.Series(name, np.asarray(shapes[i % 4](mixed[:, i]), np.float64)) for i, name in enumerate(NAMES)]
    return pl.DataFrame([*columns, pl.int_range(n, eager=True).cast(pl.String).alias(ROW)])


def parts(rows: pl.DataFrame) -> HistorySplit:
    """Split rows into three parts, as the product does."""
    first, second = int(rows.height * 0.6), int(rows.height * 0.8)
    return HistorySplit(rows[:first], rows[first:second], rows[second:])
