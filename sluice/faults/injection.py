"""What a planted defect is, and the two ways to plant one: change cells, or add rows."""

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
        ROW: pl.String(),  # null where the defect is of the whole file
        "column": pl.String(),  # null where a whole row was added
        "old": pl.String(),  # the clean cell as text
        "new": pl.String(),  # the dirty one
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Injection:
    """Rows with a defect in them, and the truth of it.

    Attributes:
        rows: The dirty rows.
        truth: Frame of schema TRUTH: one row a changed cell, or an added row.
    """

    rows: pl.DataFrame
    truth: pl.DataFrame


def pick(rows: pl.DataFrame, rate: float, rng: np.random.Generator, among: pl.Expr | None = None) -> list[int]:
    """Positions of a share of the eligible rows, in order: at least one unless the rate is 0 or none is eligible.

    Args:
        rows: The rows to pick from.
        rate: Share of the eligible rows, 0 to 1.
        rng: Draws them.
        among: Which rows are eligible; all unless given.
    """
    eligible = np.arange(rows.height) if among is None else rows.select(among.fill_null(value=False).arg_true()).to_series().to_numpy()
    wanted = min(eligible.size, max(1, math.floor(rate * eligible.size + 0.5))) if rate > 0 else 0
    return sorted(int(position) for position in rng.choice(eligible, wanted, replace=False)) if wanted else []


def change(rows: pl.DataFrame, kind: str, column: str, positions: Sequence[int], values: pl.Series) -> Injection:
    """Put new values into some cells of one column; a value that equals the old one is no defect."""
    where = pl.Series(positions, dtype=pl.UInt32)
    before = rows[column].gather(where)
    dirty = rows.with_columns(rows[column].cast(values.dtype).scatter(where, values) if positions else rows[column])
    told = pl.DataFrame({ROW: rows[ROW].gather(where), "old": before.cast(pl.String), "new": values.cast(pl.String)})
    truth = told.filter(pl.col("old").ne_missing(pl.col("new"))).select(pl.lit(kind).alias("kind"), ROW, pl.lit(column).alias("column"), "old", "new")
    return Injection(dirty, truth.cast(TRUTH))


def rewrite(rows: pl.DataFrame, kind: str, column: str, positions: Sequence[int], values: Sequence[str | None]) -> Injection:
    """Put new texts into some cells of one column, which becomes text where it was not."""
    return change(rows, kind, column, positions, pl.Series(values, dtype=pl.String))


def add(rows: pl.DataFrame, kind: str, extra: pl.DataFrame) -> Injection:
    """Add rows at the end, named after the rows that they were made from."""
    named = extra.select(rows.columns).with_columns(pl.format("{}+{}{}", ROW, pl.lit(kind), pl.int_range(pl.len())).alias(ROW))
    truth = named.select(pl.lit(kind).alias("kind"), ROW, *(pl.lit(None, dtype=pl.String).alias(name) for name in ("column", "old", "new")))
    return Injection(pl.concat([rows, named.cast(rows.schema)]), truth.cast(TRUTH))


def fresh_keys(count: int, rng: np.random.Generator) -> list[str]:
    """Random keys in the form of a UUID."""
    digits = rng.bytes(16 * count).hex()
    each = (digits[start : start + 32] for start in range(0, 32 * count, 32))
    return [f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}" for key in each]


def seconds(values: np.ndarray) -> pl.Series:
    """Spans of time from seconds, whole milliseconds as most logs write them."""
    return pl.Series(np.round(np.asarray(values, dtype=np.float64) * 1e3).astype(np.int64) * 1000).cast(pl.Duration("us"))


def rekeyed(rows: pl.DataFrame, key: str, rng: np.random.Generator) -> pl.DataFrame:
    """The rows under fresh keys."""
    return rows.with_columns(pl.Series(key, fresh_keys(rows.height, rng), dtype=pl.String))


def moved(rows: pl.DataFrame, times: Sequence[str], by: np.ndarray) -> pl.DataFrame:
    """The rows with all their times moved on by so many seconds each."""
    later = seconds(by)
    return rows.with_columns((rows[name] + later).alias(name) for name in times)


def retimed(rows: pl.DataFrame, times: Sequence[str], at: pl.Series) -> pl.DataFrame:
    """The rows with another time of the event; the other times keep their distance to it."""
    return rows.with_columns(at.alias(times[0]), *((at + (rows[name] - rows[times[0]])).alias(name) for name in times[1:]))
