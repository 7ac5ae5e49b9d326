"""What machines send beside people: a log that is read twice, one thing hammered within a minute, a bot that keeps a beat."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import polars as pl

from sluice.faults.bots import badged, paced, patterns_of
from sluice.faults.injection import Injection, add, moved, rekeyed, retimed, seconds


def replay(
    rows: pl.DataFrame,
    *,
    key: str,
    times: Sequence[str],
    rate: float,
    seed: int,
    among: pl.Expr | None = None,
    blocks: int = 2,
    after: tuple[float, float] = (600.0, 6 * 3600.0),
) -> Injection:
    """Send blocks of consecutive events once more some time later, under new keys: a log that was read twice.

    Args:
        rows: Events with `_row_id`.
        key: The column that names an event.
        times: The columns that move on together, the event's own first.
        rate: Added rows as a share of the eligible rows.
        seed: Decides all draws.
        among: Which rows are eligible.
        blocks: How many blocks.
        after: The shortest and the longest time after which a block comes again, in seconds.
    """
    rng = np.random.default_rng(seed)
    eligible = patterns_of(rows, among).sort(times[0], maintain_order=True)
    size = math.ceil(rate * eligible.height / blocks)
    starts = rng.integers(eligible.height - size + 1, size=blocks if size else 0)
    again = [moved(eligible[start : start + size], times, np.repeat(rng.uniform(*after), size)) for start in starts]
    return add(rows, "replay", rekeyed(pl.concat([rows.clear(), *again]), key, rng))


def burst(
    rows: pl.DataFrame,
    *,
    key: str,
    by: str,
    times: Sequence[str],
    rate: float,
    seed: int,
    among: pl.Expr | None = None,
    visitor: Sequence[str] = (),
    hits: int = 60,
    within: float = 60.0,
) -> Injection:
    """Hammer some users, addresses or items within a minute.

    Args:
        rows: Events with `_row_id`; those of the same thing serve as patterns.
        key: The column that names an event.
        by: The column that names what is hammered.
        times: The columns that move on together, the event's own first.
        rate: Added rows as a share of the rows; at least one burst, unless it is 0.
        seed: Decides all draws.
        among: Which rows may serve as patterns.
        visitor: The columns that tell who it is, taken from all over the rows: for an item, which many hammer at once.
        hits: Events of a burst.
        within: Its length in seconds.
    """
    rng = np.random.default_rng(seed)
    patterns = patterns_of(rows, among).filter(pl.col(by).is_not_null())
    names = patterns[by].unique(maintain_order=True)
    chosen = names.gather(rng.permutation(names.len())[: math.ceil(rate * rows.height / hits)])
    first, last = patterns[times[0]].min(), patterns[times[0]].max()
    waves = [rows.clear()]
    for name in chosen:
        own = patterns.filter(pl.col(by) == name)
        wave = own[rng.integers(own.height, size=hits)].with_columns(patterns[rng.integers(patterns.height, size=hits)].select(visitor))
        span = (last - first).total_seconds()  # type: ignore[operator, union-attr]  # a column of times by contract
        at = pl.Series([first] * hits, dtype=patterns.schema[times[0]]) + seconds(rng.uniform(0, span) + np.sort(rng.uniform(0, within, hits)))
        waves.append(retimed(wave, times, at))
    return add(rows, "burst", rekeyed(pl.concat(waves), key, rng))


def timer(
    rows: pl.DataFrame,
    *,
    key: str,
    times: Sequence[str],
    visitors: pl.DataFrame,
    rate: float,
    seed: int,
    among: pl.Expr | None = None,
    every: tuple[float, float] = (10.0, 60.0),
    jitter: float = 0.03,
) -> Injection:
    """Let some visitors act on whatever it is at a fixed beat, no faster and no more than people: a script that waits between two steps.

    Args:
        rows: Events with `_row_id`; the eligible ones serve as patterns.
        key: The column that names an event.
        times: The columns with times, the event's own first; the others keep their distance to it.
        visitors: One row a bot: the cells that tell who it is (user, session, address, …).
        rate: Added rows as a share of the rows; at least one a visitor, unless it is 0.
        seed: Decides all draws.
        among: Which rows may serve as patterns.
        every: The shortest and the longest beat, in seconds.
        jitter: How far a step may be off the beat, as a share of it.
    """
    rng = np.random.default_rng(seed)
    patterns = patterns_of(rows, among)
    share = math.ceil(rate * rows.height / max(visitors.height, 1))
    if not share or patterns.is_empty():
        return Injection(rows, add(rows, "timer", rows.clear()).truth)
    walks = [
        paced(patterns[rng.integers(patterns.height, size=share)], times, patterns[times[0]], rng, rng.uniform(*every), jitter) for _ in range(visitors.height)
    ]
    return add(rows, "timer", badged(walks, visitors, key, rng))
