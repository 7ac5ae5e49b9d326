"""Add the traffic of machines: a log read twice, one thing hit within a minute, bots that act at a fixed interval."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import polars as pl

from sluice.faults.bots import assign_visitors, select_eligible, set_pace
from sluice.faults.injection import Injection, add_rows, set_times, shift_times, to_durations, with_new_keys


def replay(
    rows: pl.DataFrame,
    *,
    key: str,
    times: Sequence[str],
    rate: float,
    seed: int,
    eligible: pl.Expr | None = None,
    blocks: int = 2,
    after: tuple[float, float] = (600.0, 6 * 3600.0),
) -> Injection:
    """Send blocks of consecutive events again some time later under new keys, as a log that is read twice does.

    Args:
        rows: Events with `_row_id`.
        key: Column that names an event.
        times: Columns that are shifted together, the event's own first.
        rate: Added rows as a share of the eligible rows.
        seed: Seed of all draws.
        eligible: Boolean expression; None makes every row eligible.
        blocks: Number of blocks.
        after: Shortest and longest time after which a block comes again, in seconds.
    """
    rng = np.random.default_rng(seed)
    ordered = select_eligible(rows, eligible).sort(times[0], maintain_order=True)
    size = math.ceil(rate * ordered.height / blocks)
    starts = rng.integers(ordered.height - size + 1, size=blocks if size else 0)
    repeated = [shift_times(ordered[start : start + size], times, np.repeat(rng.uniform(*after), size)) for start in starts]
    return add_rows(rows, "replay", with_new_keys(pl.concat([rows.clear(), *repeated]), key, rng))


def add_bursts(
    rows: pl.DataFrame,
    *,
    key: str,
    by: str,
    times: Sequence[str],
    rate: float,
    seed: int,
    eligible: pl.Expr | None = None,
    visitor: Sequence[str] = (),
    events: int = 60,
    within: float = 60.0,
) -> Injection:
    """Add bursts of events on some users, addresses or items.

    Args:
        rows: Events with `_row_id`; those of the same user, address or item serve as templates.
        key: Column that names an event.
        by: Column that names the user, address or item.
        times: Columns that are shifted together, the event's own first.
        rate: Added rows as a share of the rows; at least one burst, unless it is 0.
        seed: Seed of all draws.
        eligible: Rows that may serve as templates.
        visitor: Columns that identify the visitor, drawn from all rows: for an item, which many visitors hit at once.
        events: Events of a burst.
        within: Its length in seconds.
    """
    rng = np.random.default_rng(seed)
    templates = select_eligible(rows, eligible).filter(pl.col(by).is_not_null())
    names = templates[by].unique(maintain_order=True)
    chosen = names.gather(rng.permutation(names.len())[: math.ceil(rate * rows.height / events)])
    first, last = templates[times[0]].min(), templates[times[0]].max()
    bursts = [rows.clear()]
    for name in chosen:
        own = templates.filter(pl.col(by) == name)
        burst = own[rng.integers(own.height, size=events)].with_columns(templates[rng.integers(templates.height, size=events)].select(visitor))
        span = (last - first).total_seconds()  # type: ignore[operator, union-attr]  # a column of times by contract
        at = pl.Series([first] * events, dtype=templates.schema[times[0]]) + to_durations(rng.uniform(0, span) + np.sort(rng.uniform(0, within, events)))
        bursts.append(set_times(burst, times, at))
    return add_rows(rows, "burst", with_new_keys(pl.concat(bursts), key, rng))


def add_timed_bots(
    rows: pl.DataFrame,
    *,
    key: str,
    times: Sequence[str],
    visitors: pl.DataFrame,
    rate: float,
    seed: int,
    eligible: pl.Expr | None = None,
    interval: tuple[float, float] = (10.0, 60.0),
    jitter: float = 0.03,
) -> Injection:
    """Add bots that act at a fixed interval, no faster and no more than people, as a script with a pause between two steps does.

    Args:
        rows: Events with `_row_id`; the eligible ones serve as templates.
        key: Column that names an event.
        times: Columns with times, the event's own first; the others keep their distance to it.
        visitors: One row per bot: the cells that identify it (user, session, address, …).
        rate: Added rows as a share of the rows; at least one per visitor, unless it is 0.
        seed: Seed of all draws.
        eligible: Rows that may serve as templates.
        interval: Shortest and longest interval, in seconds.
        jitter: Largest deviation from the interval, as a share of it.
    """
    rng = np.random.default_rng(seed)
    templates = select_eligible(rows, eligible)
    share = math.ceil(rate * rows.height / max(visitors.height, 1))
    if not share or templates.is_empty():
        return Injection(rows, add_rows(rows, "fixed_interval", rows.clear()).truth)
    walks = [
        set_pace(templates[rng.integers(templates.height, size=share)], times, templates[times[0]], rng, rng.uniform(*interval), jitter)
        for _ in range(visitors.height)
    ]
    return add_rows(rows, "fixed_interval", assign_visitors(walks, visitors, key, rng))
