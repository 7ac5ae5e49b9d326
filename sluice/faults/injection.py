"""Define the result of a fault injection, and the two ways to inject: change cells, or add rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from sluice.domain import ROW

TRUTH = pl.Schema(
    {
        "kind": pl.String(),
        ROW: pl.String(),  # null where the fault is of the whole file
        "column": pl.String(),  # null where a whole row was added
        "old": pl.String(),  # the clean cell as text
        "new": pl.String(),  # the faulty one
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Injection:
    """Hold rows with injected faults, and the ground truth.

    Attributes:
        rows: The faulty rows.
        truth: Frame of schema TRUTH: one row per changed cell or added row.
    """

    rows: pl.DataFrame
    truth: pl.DataFrame


def sample_rows(rows: pl.DataFrame, rate: float, rng: np.random.Generator, eligible: pl.Expr | None = None) -> list[int]:
    """Return the sorted positions of a share of the eligible rows: at least one unless the rate is 0 or no row is eligible.

    Args:
        rows: The rows to draw from.
        rate: Share of the eligible rows, 0 to 1.
        rng: Random generator.
        eligible: Boolean expression; None makes every row eligible.
    """
    candidates = np.arange(rows.height) if eligible is None else rows.select(eligible.fill_null(value=False).arg_true()).to_series().to_numpy()
    count = min(candidates.size, max(1, math.floor(rate * candidates.size + 0.5))) if rate > 0 else 0
    return sorted(int(position) for position in rng.choice(candidates, count, replace=False)) if count else []


def change_cells(rows: pl.DataFrame, kind: str, column: str, positions: Sequence[int], values: pl.Series) -> Injection:
    """Replace some cells of one column; a value that equals the old one counts as no fault."""
    where = pl.Series(positions, dtype=pl.UInt32)
    before = rows[column].gather(where)
    faulty = rows.with_columns(rows[column].cast(values.dtype).scatter(where, values) if positions else rows[column])
    cells = pl.DataFrame({ROW: rows[ROW].gather(where), "old": before.cast(pl.String), "new": values.cast(pl.String)})
    truth = cells.filter(pl.col("old").ne_missing(pl.col("new"))).select(pl.lit(kind).alias("kind"), ROW, pl.lit(column).alias("column"), "old", "new")
    return Injection(faulty, truth.cast(TRUTH))


def rewrite_cells(rows: pl.DataFrame, kind: str, column: str, positions: Sequence[int], values: Sequence[str | None]) -> Injection:
    """Replace some cells of one column by texts; the column becomes text where it was not."""
    return change_cells(rows, kind, column, positions, pl.Series(values, dtype=pl.String))


def add_rows(rows: pl.DataFrame, kind: str, extra: pl.DataFrame) -> Injection:
    """Append rows, each with an id derived from the row that it was made from."""
    named = extra.select(rows.columns).with_columns(pl.format("{}+{}{}", ROW, pl.lit(kind), pl.int_range(pl.len())).alias(ROW))
    truth = named.select(pl.lit(kind).alias("kind"), ROW, *(pl.lit(None, dtype=pl.String).alias(name) for name in ("column", "old", "new")))
    return Injection(pl.concat([rows, named.cast(rows.schema)]), truth.cast(TRUTH))


def random_keys(count: int, rng: np.random.Generator) -> list[str]:
    """Return random keys in the form of a UUID."""
    digits = rng.bytes(16 * count).hex()
    keys = (digits[start : start + 32] for start in range(0, 32 * count, 32))
    return [f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}" for key in keys]


def to_durations(seconds: np.ndarray) -> pl.Series:
    """Convert seconds to durations, rounded to milliseconds as most logs write them."""
    return pl.Series(np.round(np.asarray(seconds, dtype=np.float64) * 1e3).astype(np.int64) * 1000).cast(pl.Duration("us"))


def with_new_keys(rows: pl.DataFrame, key: str, rng: np.random.Generator) -> pl.DataFrame:
    """Return the rows under random keys."""
    return rows.with_columns(pl.Series(key, random_keys(rows.height, rng), dtype=pl.String))


def shift_times(rows: pl.DataFrame, times: Sequence[str], seconds: np.ndarray) -> pl.DataFrame:
    """Return the rows with all their times shifted, each row by its own number of seconds."""
    shift = to_durations(seconds)
    return rows.with_columns((rows[name] + shift).alias(name) for name in times)


def set_times(rows: pl.DataFrame, times: Sequence[str], at: pl.Series) -> pl.DataFrame:
    """Return the rows with other event times (`times[0]`); the other times keep their distance to it."""
    return rows.with_columns(at.alias(times[0]), *((at + (rows[name] - rows[times[0]])).alias(name) for name in times[1:]))
