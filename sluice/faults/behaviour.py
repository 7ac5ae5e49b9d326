"""Visitors who do what people do not: buy what they never saw, buy all they see or nothing, spend a session oddly."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from sluice.faults.bots import patterns_of
from sluice.faults.injection import Injection, add, fresh_keys, moved, rekeyed, retimed, seconds

_TRIES = 4  # pairs drawn for one that is wanted: some are of a user who did see the item


def impossible(
    rows: pl.DataFrame,
    *,
    key: str,
    kind: str,
    item: str,
    times: Sequence[str],
    visitor: Sequence[str],
    rate: float,
    seed: int,
    among: pl.Expr | None = None,
    done: str = "purchase",
    seen: pl.DataFrame | None = None,
) -> Injection:
    """Let some users buy, in the middle of a session, what they never looked at: a form that is posted by a script.

    Args:
        rows: Events with `_row_id`; the eligible purchases serve as patterns.
        key: The column that names an event.
        kind: The column that says what was done.
        item: The column that names an item.
        times: The columns with times, the event's own first; the others keep their distance to it.
        visitor: The columns that tell who it is, the user first.
        rate: Added rows as a share of the eligible rows.
        seed: Decides all draws.
        among: Which rows are eligible.
        done: The kind that needs another one before it.
        seen: Earlier events; what a user did there counts as looked at, too.
    """
    rng = np.random.default_rng(seed)
    hosts = patterns_of(rows, among)
    patterns = hosts.filter(pl.col(kind) == done)
    if not rate or patterns.is_empty():
        return add(rows, "impossible", rows.clear())
    wanted = max(1, round(rate * hosts.height))
    host, pattern = (frame[rng.integers(frame.height, size=_TRIES * wanted)] for frame in (hosts, patterns))
    bought = retimed(pattern.with_columns(host.select(visitor)), times, host[times[0]] + seconds(rng.uniform(5.0, 60.0, host.height)))
    unseen = bought.join(rows, on=(pair := [visitor[0], item]), how="anti", nulls_equal=True, maintain_order="left")
    unseen = (unseen if seen is None else unseen.join(seen, on=pair, how="anti", maintain_order="left")).head(wanted)
    return add(rows, "impossible", rekeyed(unseen, key, rng))


def funnel(
    rows: pl.DataFrame,
    *,
    key: str,
    by: str,
    kind: str,
    times: Sequence[str],
    rate: float,
    seed: int,
    among: pl.Expr | None = None,
    visitor: Sequence[str] = (),
    steps: tuple[str, str] = ("view", "purchase"),
    cells: Mapping[str, object] | None = None,
    people: int = 80,
) -> Injection:
    """Let all who look at some things buy them, and let others be looked at by many of whom nobody goes on.

    Args:
        rows: Events with `_row_id`; looks at the same thing serve as patterns.
        key: The column that names an event.
        by: The column that names the thing (or the user) with the odd funnel.
        kind: The column that says what was done.
        times: The columns that move on together, the event's own first.
        rate: Added rows as a share of the rows; at least one thing, unless it is 0.
        seed: Decides all draws.
        among: Which rows may serve as patterns.
        visitor: The columns that tell who it is, taken from all over the rows; empty: the patterns' own.
        steps: The first step of the funnel and the last.
        cells: What else the last step fills, by column.
        people: How many look at a thing that all buy; of one that nobody buys, twice as many.
    """
    rng = np.random.default_rng(seed)
    looks = patterns_of(rows, among).filter((pl.col(kind) == steps[0]) & pl.col(by).is_not_null())
    names = looks[by].unique(maintain_order=True)
    chosen = names.gather(rng.permutation(names.len())[: math.ceil(rate * rows.height / (2 * people))])
    extra = [rows.clear()]
    for nth, name in enumerate(chosen):
        own = looks.filter(pl.col(by) == name)
        count = people if nth % 2 else 2 * people
        moments = looks[rng.integers(looks.height, size=count)]
        seen = own[rng.integers(own.height, size=count)].with_columns(moments.select(*visitor, *times))
        seen = moved(seen, times, rng.uniform(-300.0, 300.0, count))
        extra += [seen] if nth % 2 == 0 else [seen, _bought(seen, kind, steps[1], cells or {}, times, rng)]
    return add(rows, "funnel", rekeyed(pl.concat(extra), key, rng))


def _bought(seen: pl.DataFrame, kind: str, done: str, cells: Mapping[str, object], times: Sequence[str], rng: np.random.Generator) -> pl.DataFrame:
    filled = [pl.lit(value).cast(seen.schema[name]).alias(name) for name, value in {kind: done, **cells}.items()]
    return moved(seen.with_columns(filled), times, rng.uniform(40.0, 400.0, seen.height))


def odd_session(
    rows: pl.DataFrame,
    *,
    key: str,
    session: str,
    item: str,
    kind: str,
    times: Sequence[str],
    visitor: Sequence[str],
    rate: float,
    seed: int,
    among: pl.Expr | None = None,
    kinds: tuple[str, str] = ("view", "cart"),
    length: tuple[int, int] = (20, 40),
) -> Injection:
    """Let some users spend a session as nobody does, each at a pace of people: hoarding, staring at one thing, or awake half the night.

    Args:
        rows: Events with `_row_id`; the eligible ones serve as patterns.
        key: The column that names an event.
        session: The column that names a session.
        item: The column that names an item.
        kind: The column that says what was done.
        times: The columns with times, the event's own first; the others keep their distance to it.
        visitor: The columns that tell who it is.
        rate: Added rows as a share of the rows; at least one session, unless it is 0.
        seed: Decides all draws.
        among: Which rows may serve as patterns.
        kinds: A look, and the step after it.
        length: The fewest and the most events of such a session.
    """
    rng = np.random.default_rng(seed)
    patterns = patterns_of(rows, among).filter(pl.col(kind).is_in(kinds) & pl.col(session).is_not_null())
    if not rate or patterns.is_empty():
        return add(rows, "odd_session", rows.clear())
    sessions = [rows.clear()]
    for nth in range(math.ceil(rate * rows.height / (sum(length) / 2))):
        style, count = _STYLES[nth % len(_STYLES)], int(rng.integers(*length, endpoint=True))
        host = patterns[rng.integers(patterns.height, size=1)].with_columns(pl.lit(fresh_keys(1, rng)[0][:13]).alias(session))
        steps = patterns[rng.integers(patterns.height, size=min(count, style.things))][rng.integers(min(count, style.things), size=count)]
        does = pl.Series(kind, np.where(rng.random(count) < style.eager, kinds[1], kinds[0]), dtype=pl.String)
        told = steps.with_columns(does, *(pl.lit(host[name].item(), dtype=host.schema[name]).alias(name) for name in (session, *visitor)))
        sessions.append(retimed(told, times, style.moments(host[times[0]], count, rng)))
    return add(rows, "odd_session", rekeyed(pl.concat(sessions), key, rng))


@dataclass(frozen=True, slots=True)
class _Style:
    """One way to be odd.

    Attributes:
        things: The most different events that the session repeats.
        eager: Share of steps into the cart.
        dwell: Logarithm of the seconds between two steps.
        night: Does it begin between half past midnight and half past two?
    """

    things: int
    eager: float
    dwell: float
    night: bool

    def moments(self, host: pl.Series, count: int, rng: np.random.Generator) -> pl.Series:
        """When each step happens, from the host's time on."""
        gaps = rng.lognormal(self.dwell, 0.8, count)
        began = host.dt.truncate("1d") + seconds(3600.0 * rng.uniform(0.5, 2.5, 1)) if self.night else host
        return pl.Series([began.item()] * count, dtype=host.dtype) + seconds(np.cumsum(gaps) - gaps)


_STYLES = (_Style(1000, 0.9, 3.4, night=False), _Style(2, 0.0, 5.0, night=False), _Style(1000, 0.16, 5.3, night=True))
