"""Visitors that are no people: a crawler that walks the shop, a farm whose accounts push some items."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import polars as pl

from sluice.domain import ROW
from sluice.faults.injection import Injection, add, fresh_keys, seconds


def crawl(
    rows: pl.DataFrame,
    *,
    key: str,
    item: str,
    times: Sequence[str],
    visitors: pl.DataFrame,
    rate: float,
    seed: int,
    among: pl.Expr | None = None,
    every: float = 1.5,
) -> Injection:
    """Let each visitor ask for one item after the other, in the order of their ids, at the pace of a machine.

    Args:
        rows: Events with `_row_id`; the eligible ones serve as patterns, so that an item's cells fit it.
        key: The column that names an event.
        item: The column that names an item.
        times: The columns with times, the event's own first; the others keep their distance to it.
        visitors: One row a crawler: the cells that tell who it is (user, session, address, …).
        rate: Added rows as a share of the rows; at least one a visitor, unless it is 0.
        seed: Decides all draws.
        among: Which rows may serve as patterns.
        every: Seconds between two requests.
    """
    rng = np.random.default_rng(seed)
    patterns = patterns_of(rows, among).unique(item, keep="first", maintain_order=True).sort(item, maintain_order=True)
    share = math.ceil(rate * rows.height / max(visitors.height, 1))
    if not share or patterns.is_empty():
        return Injection(rows, add(rows, "crawl", rows.clear()).truth)
    walks = [patterns[np.arange(start, start + share) % patterns.height] for start in rng.integers(patterns.height, size=visitors.height).tolist()]
    day = patterns[times[0]]
    walks = [paced(walk, times, day, rng, every) for walk in walks]
    return add(rows, "crawl", badged(walks, visitors, key, rng))


def farm(
    rows: pl.DataFrame,
    *,
    key: str,
    item: str,
    times: Sequence[str],
    visitors: pl.DataFrame,
    rate: float,
    seed: int,
    among: pl.Expr | None = None,
    pushed: int = 5,
) -> Injection:
    """Let many fake accounts act on the same few items, again and again through the day.

    Args:
        rows: Events with `_row_id`; the eligible ones serve as patterns, so that an item's cells fit it.
        key: The column that names an event.
        item: The column that names an item.
        times: The columns with times, the event's own first; the others keep their distance to it.
        visitors: One row an account: the cells that tell who it is (user, session, address, …).
        rate: Added rows as a share of the rows; at least one a visitor, unless it is 0.
        seed: Decides all draws.
        among: Which rows may serve as patterns.
        pushed: How many items are pushed.
    """
    rng = np.random.default_rng(seed)
    patterns = patterns_of(rows, among)
    share = math.ceil(rate * rows.height / max(visitors.height, 1))
    if not share or patterns.is_empty():
        return Injection(rows, add(rows, "farm", rows.clear()).truth)
    items = patterns[item].unique(maintain_order=True)
    chosen = items.gather(rng.permutation(items.len())[:pushed])
    patterns = patterns.filter(pl.col(item).is_in(chosen.implode()))
    visits = [paced(patterns[rng.integers(patterns.height, size=share)], times, patterns[times[0]], rng, 40.0) for _ in range(visitors.height)]
    return add(rows, "farm", badged(visits, visitors, key, rng))


def patterns_of(rows: pl.DataFrame, among: pl.Expr | None) -> pl.DataFrame:
    """The eligible rows."""
    return rows if among is None else rows.filter(among)


def paced(walk: pl.DataFrame, times: Sequence[str], day: pl.Series, rng: np.random.Generator, every: float, jitter: float = 0.1) -> pl.DataFrame:
    """The walk at a steady pace with a share of jitter around it, somewhere between the first and the last event of the day."""
    at = np.cumsum(every * (1 + jitter * rng.uniform(-1, 1, walk.height)))
    span = (day.max() - day.min()).total_seconds()  # type: ignore[operator, union-attr]  # a column of times by contract
    start = rng.uniform(0, max(span - float(at[-1]), 0.0))
    own = pl.Series(times[0], [day.min()] * walk.height, dtype=day.dtype) + seconds(start + at)
    return walk.with_columns(*((own + (walk[name] - walk[times[0]])).alias(name) for name in times[1:]), own.alias(times[0]))


def badged(walks: Sequence[pl.DataFrame], visitors: pl.DataFrame, key: str, rng: np.random.Generator) -> pl.DataFrame:
    """The walks in one frame, each in the name of its visitor, under new keys."""
    told = [
        walk.with_columns(pl.lit(value).alias(name) for name, value in who.items()) for walk, who in zip(walks, visitors.iter_rows(named=True), strict=True)
    ]
    extra = pl.concat(told)
    return extra.with_columns(pl.Series(key, fresh_keys(extra.height, rng), dtype=pl.String), pl.col(ROW))
