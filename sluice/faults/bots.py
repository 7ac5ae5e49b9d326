"""Add the traffic of bots: crawlers that request every item, and click farms whose accounts push some items."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import polars as pl

from sluice.domain import ROW
from sluice.faults.injection import Injection, add_rows, random_keys, to_durations


def add_crawlers(
    rows: pl.DataFrame,
    *,
    key: str,
    item: str,
    times: Sequence[str],
    visitors: pl.DataFrame,
    rate: float,
    seed: int,
    eligible: pl.Expr | None = None,
    interval: float = 1.5,
) -> Injection:
    """Add crawlers that request one item after the other, ordered by id, at a machine's pace.

    Args:
        rows: Events with `_row_id`; the eligible ones serve as templates, so that an item's cells fit it.
        key: Column that names an event.
        item: Column that names an item.
        times: Columns with times, the event's own first; the others keep their distance to it.
        visitors: One row per crawler: the cells that identify it (user, session, address, …).
        rate: Added rows as a share of the rows; at least one per visitor, unless it is 0.
        seed: Seed of all draws.
        eligible: Rows that may serve as templates.
        interval: Seconds between two requests.
    """
    rng = np.random.default_rng(seed)
    templates = select_eligible(rows, eligible).unique(item, keep="first", maintain_order=True).sort(item, maintain_order=True)
    share = math.ceil(rate * rows.height / max(visitors.height, 1))
    if not share or templates.is_empty():
        return Injection(rows, add_rows(rows, "crawler", rows.clear()).truth)
    walks = [templates[np.arange(start, start + share) % templates.height] for start in rng.integers(templates.height, size=visitors.height).tolist()]
    day = templates[times[0]]
    walks = [set_pace(walk, times, day, rng, interval) for walk in walks]
    return add_rows(rows, "crawler", assign_visitors(walks, visitors, key, rng))


def add_click_farm(
    rows: pl.DataFrame,
    *,
    key: str,
    item: str,
    times: Sequence[str],
    visitors: pl.DataFrame,
    rate: float,
    seed: int,
    eligible: pl.Expr | None = None,
    pushed: int = 5,
) -> Injection:
    """Add fake accounts that act on the same few items throughout the day.

    Args:
        rows: Events with `_row_id`; the eligible ones serve as templates, so that an item's cells fit it.
        key: Column that names an event.
        item: Column that names an item.
        times: Columns with times, the event's own first; the others keep their distance to it.
        visitors: One row per account: the cells that identify it (user, session, address, …).
        rate: Added rows as a share of the rows; at least one per visitor, unless it is 0.
        seed: Seed of all draws.
        eligible: Rows that may serve as templates.
        pushed: Number of items that are pushed.
    """
    rng = np.random.default_rng(seed)
    templates = select_eligible(rows, eligible)
    share = math.ceil(rate * rows.height / max(visitors.height, 1))
    if not share or templates.is_empty():
        return Injection(rows, add_rows(rows, "click_farm", rows.clear()).truth)
    items = templates[item].unique(maintain_order=True)
    chosen = items.gather(rng.permutation(items.len())[:pushed])
    templates = templates.filter(pl.col(item).is_in(chosen.implode()))
    visits = [set_pace(templates[rng.integers(templates.height, size=share)], times, templates[times[0]], rng, 40.0) for _ in range(visitors.height)]
    return add_rows(rows, "click_farm", assign_visitors(visits, visitors, key, rng))


def select_eligible(rows: pl.DataFrame, eligible: pl.Expr | None) -> pl.DataFrame:
    """Return the eligible rows; all of them where no expression is given."""
    return rows if eligible is None else rows.filter(eligible)


def set_pace(walk: pl.DataFrame, times: Sequence[str], day: pl.Series, rng: np.random.Generator, interval: float, jitter: float = 0.1) -> pl.DataFrame:
    """Spread the events of a walk at a steady pace, from a random start within the day.

    Args:
        walk: Events of one visitor, in order.
        times: Columns with times, the event's own first.
        day: Times of the day's events; the walk stays between the first and the last.
        rng: Random generator.
        interval: Seconds between two events.
        jitter: Largest deviation from the interval, as a share of it.
    """
    at = np.cumsum(interval * (1 + jitter * rng.uniform(-1, 1, walk.height)))
    span = (day.max() - day.min()).total_seconds()  # type: ignore[operator, union-attr]  # a column of times by contract
    start = rng.uniform(0, max(span - float(at[-1]), 0.0))
    own = pl.Series(times[0], [day.min()] * walk.height, dtype=day.dtype) + to_durations(start + at)
    return walk.with_columns(*((own + (walk[name] - walk[times[0]])).alias(name) for name in times[1:]), own.alias(times[0]))


def assign_visitors(walks: Sequence[pl.DataFrame], visitors: pl.DataFrame, key: str, rng: np.random.Generator) -> pl.DataFrame:
    """Concatenate walks, each with the cells of its visitor, under random keys."""
    signed = [
        walk.with_columns(pl.lit(value).alias(name) for name, value in visitor.items())
        for walk, visitor in zip(walks, visitors.iter_rows(named=True), strict=True)
    ]
    extra = pl.concat(signed)
    return extra.with_columns(pl.Series(key, random_keys(extra.height, rng), dtype=pl.String), pl.col(ROW))
