"""Hours whose events are too many or too few."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from sluice.domain import ROW
from sluice.faults.bots import patterns_of
from sluice.faults.injection import TRUTH, Injection, add, fresh_keys, moved, pick, rekeyed


def hour_doubled(
    rows: pl.DataFrame,
    *,
    key: str,
    session: str,
    times: Sequence[str],
    visitor: Sequence[str],
    rate: float,
    seed: int,
    among: pl.Expr | None = None,
    by: float = 1200.0,
) -> Injection:
    """Double the events of a share of the hours, by other visitors in sessions of their own: two streams where one belongs.

    Args:
        rows: Events with `_row_id`; those of the hour serve as patterns.
        key: The column that names an event.
        session: The column that names a session.
        times: The columns that move together, the event's own first.
        visitor: The other columns that tell who it is.
        rate: Share of the hours; at least one, unless it is 0.
        seed: Decides all draws.
        among: Which rows may serve as patterns.
        by: How far a session may be moved, forth or back, in seconds.
    """
    rng = np.random.default_rng(seed)
    patterns = patterns_of(rows, among)
    hours = _hours(patterns, times[0], rate, rng)
    extra = patterns.filter(pl.col(times[0]).dt.truncate("1h").is_in(hours.implode()))
    own = extra[session].rank("dense").fill_null(0).to_numpy().astype(np.int64)
    count = int(own.max(initial=0)) + 1
    who = patterns[rng.integers(max(patterns.height, 1), size=count if extra.height else 0)].select(visitor)
    names = pl.Series(session, [name[:13] for name in fresh_keys(count, rng)], dtype=pl.String)
    extra = extra.with_columns(*who[own].iter_columns(), names.gather(own))
    return add(rows, "hour_doubled", rekeyed(moved(extra, times, rng.uniform(-by, by, count)[own]), key, rng))


def hour_lost(rows: pl.DataFrame, *, time: str, rate: float, seed: int) -> Injection:
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
    return Injection(rows.filter(~pl.col(time).dt.truncate("1h").is_in(hours.implode())), told.cast(TRUTH))


def _hours(rows: pl.DataFrame, time: str, rate: float, rng: np.random.Generator) -> pl.Series:
    hours = rows.select(pl.col(time).dt.truncate("1h")).unique().drop_nulls().sort(time)
    return hours[pick(hours, rate, rng)][time]
