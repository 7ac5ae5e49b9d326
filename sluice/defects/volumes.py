"""Hours whose events are too many or too few."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from sluice.defects.bots import patterns_of
from sluice.defects.planted import TRUTH, Planted, add, moved, pick, rekeyed
from sluice.domain import ROW


def hour_doubled(
    rows: pl.DataFrame, *, key: str, times: Sequence[str], visitor: Sequence[str], rate: float, seed: int, among: pl.Expr | None = None
) -> Planted:
    """Double the events of a share of the hours, by visitors from all over the rows: two streams where one belongs.

    Args:
        rows: Events with `_row_id`; those of the hour serve as patterns.
        key: The column that names an event.
        times: The columns that move together, the event's own first.
        visitor: The columns that tell who it is.
        rate: Share of the hours; at least one, unless it is 0.
        seed: Decides all draws.
        among: Which rows may serve as patterns.
    """
    rng = np.random.default_rng(seed)
    patterns = patterns_of(rows, among)
    extra = patterns.filter(pl.col(times[0]).dt.truncate("1h").is_in(_hours(patterns, times[0], rate, rng).implode()))
    extra = extra.with_columns(patterns.select(visitor)[rng.integers(max(patterns.height, 1), size=extra.height)])
    start = (extra[times[0]] - extra[times[0]].dt.truncate("1h")).dt.total_milliseconds().to_numpy() / 1e3
    return add(rows, "hour_doubled", rekeyed(moved(extra, times, rng.uniform(0, 3599.0, extra.height) - start), key, rng))


def hour_lost(rows: pl.DataFrame, *, time: str, rate: float, seed: int) -> Planted:
    """Lose the events of a share of the hours; the truth names the hours as `old`, since no row is left to name.

    Args:
        rows: Events with `_row_id`.
        time: The column with an event's own time.
        rate: Share of the hours; at least one, unless it is 0.
        seed: Decides.
    """
    hours = _hours(rows, time, rate, np.random.default_rng(seed))
    told = pl.DataFrame({"old": hours.cast(pl.String)}).select(
        pl.lit("hour_lost").alias("kind"),
        *(pl.lit(None, dtype=TRUTH[name]).alias(name) for name in (ROW, "column")),
        "old",
        pl.lit(None, dtype=pl.String).alias("new"),
    )
    return Planted(rows.filter(~pl.col(time).dt.truncate("1h").is_in(hours.implode())), told.cast(TRUTH))


def _hours(rows: pl.DataFrame, time: str, rate: float, rng: np.random.Generator) -> pl.Series:
    hours = rows.select(pl.col(time).dt.truncate("1h")).unique().drop_nulls().sort(time)
    return hours[pick(hours, rate, rng)][time]
