"""Change the number of events of whole hours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from sluice.domain import ROW
from sluice.faults.bots import select_eligible
from sluice.faults.injection import TRUTH, Injection, add_rows, random_keys, sample_rows, shift_times, with_new_keys


def double_hours(
    rows: pl.DataFrame,
    *,
    key: str,
    session: str,
    times: Sequence[str],
    visitor: Sequence[str],
    rate: float,
    seed: int,
    eligible: pl.Expr | None = None,
    max_shift: float = 1200.0,
) -> Injection:
    """Double the events of a share of the hours by other visitors in sessions of their own, as a stream that is connected twice does.

    Args:
        rows: Events with `_row_id`; those of the hour serve as templates.
        key: Column that names an event.
        session: Column that names a session.
        times: Columns that are shifted together, the event's own first.
        visitor: The other columns that identify the visitor.
        rate: Share of the hours; at least one, unless it is 0.
        seed: Seed of all draws.
        eligible: Rows that may serve as templates.
        max_shift: Largest shift of a session, forwards or backwards, in seconds.
    """
    rng = np.random.default_rng(seed)
    templates = select_eligible(rows, eligible)
    hours = _sample_hours(templates, times[0], rate, rng)
    extra = templates.filter(pl.col(times[0]).dt.truncate("1h").is_in(hours.implode()))
    own = extra[session].rank("dense").fill_null(0).to_numpy().astype(np.int64)
    count = int(own.max(initial=0)) + 1
    visitors = templates[rng.integers(max(templates.height, 1), size=count if extra.height else 0)].select(visitor)
    names = pl.Series(session, [name[:13] for name in random_keys(count, rng)], dtype=pl.String)
    extra = extra.with_columns(*visitors[own].iter_columns(), names.gather(own))
    return add_rows(rows, "doubled_hour", with_new_keys(shift_times(extra, times, rng.uniform(-max_shift, max_shift, count)[own]), key, rng))


def drop_hours(rows: pl.DataFrame, *, time: str, rate: float, seed: int) -> Injection:
    """Drop the events of a share of the hours; the truth names the hours in `old`, since no row is left to name.

    Args:
        rows: Events with `_row_id`.
        time: Column with an event's own time.
        rate: Share of the hours; at least one, unless it is 0.
        seed: Seed of the draw.
    """
    hours = _sample_hours(rows, time, rate, np.random.default_rng(seed))
    truth = pl.DataFrame({"old": hours.cast(pl.String)}).select(
        pl.lit("missing_hour").alias("kind"),
        *(pl.lit(None, dtype=TRUTH[name]).alias(name) for name in (ROW, "column")),
        "old",
        pl.lit(None, dtype=pl.String).alias("new"),
    )
    return Injection(rows.filter(~pl.col(time).dt.truncate("1h").is_in(hours.implode())), truth.cast(TRUTH))


def _sample_hours(rows: pl.DataFrame, time: str, rate: float, rng: np.random.Generator) -> pl.Series:
    hours = rows.select(pl.col(time).dt.truncate("1h")).unique().drop_nulls().sort(time)
    return hours[sample_rows(hours, rate, rng)][time]
