"""Add behaviour that people do not show: purchases without a view, distorted funnels, sessions unlike any person's."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from sluice.faults.bots import select_eligible
from sluice.faults.injection import Injection, add_rows, random_keys, set_times, shift_times, to_durations, with_new_keys

_TRIES = 4  # pairs drawn for each purchase: some are of a user who did view the item


def buy_unseen(
    rows: pl.DataFrame,
    *,
    key: str,
    kind: str,
    item: str,
    times: Sequence[str],
    visitor: Sequence[str],
    rate: float,
    seed: int,
    eligible: pl.Expr | None = None,
    purchase: str = "purchase",
    history: pl.DataFrame | None = None,
) -> Injection:
    """Let some users buy, in the middle of a session, an item that they never viewed, as a form posted by a script does.

    Args:
        rows: Events with `_row_id`; the eligible purchases serve as templates.
        key: Column that names an event.
        kind: Column with the type of event.
        item: Column that names an item.
        times: Columns with times, the event's own first; the others keep their distance to it.
        visitor: Columns that identify the visitor, the user first.
        rate: Added rows as a share of the eligible rows.
        seed: Seed of all draws.
        eligible: Boolean expression; None makes every row eligible.
        purchase: Type of event that needs a view before it.
        history: Earlier events; an event of the user on the item there counts as a view, too.
    """
    rng = np.random.default_rng(seed)
    hosts = select_eligible(rows, eligible)
    templates = hosts.filter(pl.col(kind) == purchase)
    if not rate or templates.is_empty():
        return add_rows(rows, "purchase_without_view", rows.clear())
    count = max(1, round(rate * hosts.height))
    host, template = (frame[rng.integers(frame.height, size=_TRIES * count)] for frame in (hosts, templates))
    bought = set_times(template.with_columns(host.select(visitor)), times, host[times[0]] + to_durations(rng.uniform(5.0, 60.0, host.height)))
    unseen = bought.join(rows, on=(pair := [visitor[0], item]), how="anti", nulls_equal=True, maintain_order="left")
    unseen = (unseen if history is None else unseen.join(history, on=pair, how="anti", maintain_order="left")).head(count)
    return add_rows(rows, "purchase_without_view", with_new_keys(unseen, key, rng))


def distort_funnel(
    rows: pl.DataFrame,
    *,
    key: str,
    by: str,
    kind: str,
    times: Sequence[str],
    rate: float,
    seed: int,
    eligible: pl.Expr | None = None,
    visitor: Sequence[str] = (),
    steps: tuple[str, str] = ("view", "purchase"),
    cells: Mapping[str, object] | None = None,
    people: int = 80,
) -> Injection:
    """Let everybody who views some items buy them, and let others be viewed by many of whom nobody goes on.

    Args:
        rows: Events with `_row_id`; views of the same item serve as templates.
        key: Column that names an event.
        by: Column that names the item (or the user) whose funnel is distorted.
        kind: Column with the type of event.
        times: Columns that are shifted together, the event's own first.
        rate: Added rows as a share of the rows; at least one item, unless it is 0.
        seed: Seed of all draws.
        eligible: Rows that may serve as templates.
        visitor: Columns that identify the visitor, drawn from all rows; empty: those of the templates.
        steps: First and last step of the funnel.
        cells: Other cells that the last step fills, by column.
        people: Number of viewers of an item that all buy; of one that nobody buys, twice as many.
    """
    rng = np.random.default_rng(seed)
    views = select_eligible(rows, eligible).filter((pl.col(kind) == steps[0]) & pl.col(by).is_not_null())
    names = views[by].unique(maintain_order=True)
    chosen = names.gather(rng.permutation(names.len())[: math.ceil(rate * rows.height / (2 * people))])
    extra = [rows.clear()]
    for nth, name in enumerate(chosen):
        own = views.filter(pl.col(by) == name)
        count = people if nth % 2 else 2 * people
        moments = views[rng.integers(views.height, size=count)]
        viewed = own[rng.integers(own.height, size=count)].with_columns(moments.select(*visitor, *times))
        viewed = shift_times(viewed, times, rng.uniform(-300.0, 300.0, count))
        extra += [viewed] if nth % 2 == 0 else [viewed, _buy(viewed, kind, steps[1], cells or {}, times, rng)]
    return add_rows(rows, "funnel_anomaly", with_new_keys(pl.concat(extra), key, rng))


def _buy(viewed: pl.DataFrame, kind: str, purchase: str, cells: Mapping[str, object], times: Sequence[str], rng: np.random.Generator) -> pl.DataFrame:
    filled = [pl.lit(value).cast(viewed.schema[name]).alias(name) for name, value in {kind: purchase, **cells}.items()]
    return shift_times(viewed.with_columns(filled), times, rng.uniform(40.0, 400.0, viewed.height))


def add_odd_sessions(
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
    eligible: pl.Expr | None = None,
    kinds: tuple[str, str] = ("view", "cart"),
    length: tuple[int, int] = (20, 40),
) -> Injection:
    """Add sessions that no person has, at a person's pace: all into the cart, one item again and again, or half the night.

    Args:
        rows: Events with `_row_id`; the eligible ones serve as templates.
        key: Column that names an event.
        session: Column that names a session.
        item: Column that names an item.
        kind: Column with the type of event.
        times: Columns with times, the event's own first; the others keep their distance to it.
        visitor: Columns that identify the visitor.
        rate: Added rows as a share of the rows; at least one session, unless it is 0.
        seed: Seed of all draws.
        eligible: Rows that may serve as templates.
        kinds: Types of a view and of the step after it.
        length: Smallest and largest number of events of such a session.
    """
    rng = np.random.default_rng(seed)
    templates = select_eligible(rows, eligible).filter(pl.col(kind).is_in(kinds) & pl.col(session).is_not_null())
    if not rate or templates.is_empty():
        return add_rows(rows, "session_anomaly", rows.clear())
    sessions = [rows.clear()]
    for nth in range(math.ceil(rate * rows.height / (sum(length) / 2))):
        style, count = _STYLES[nth % len(_STYLES)], int(rng.integers(*length, endpoint=True))
        host = templates[rng.integers(templates.height, size=1)].with_columns(pl.lit(random_keys(1, rng)[0][:13]).alias(session))
        steps = templates[rng.integers(templates.height, size=min(count, style.distinct))][rng.integers(min(count, style.distinct), size=count)]
        types = pl.Series(kind, np.where(rng.random(count) < style.cart_rate, kinds[1], kinds[0]), dtype=pl.String)
        events = steps.with_columns(types, *(pl.lit(host[name].item(), dtype=host.schema[name]).alias(name) for name in (session, *visitor)))
        sessions.append(set_times(events, times, style.moments(host[times[0]], count, rng)))
    return add_rows(rows, "session_anomaly", with_new_keys(pl.concat(sessions), key, rng))


@dataclass(frozen=True, slots=True)
class _Style:
    """Describe one kind of odd session.

    Attributes:
        distinct: Largest number of different events that the session repeats.
        cart_rate: Share of steps into the cart.
        dwell: Logarithm of the seconds between two steps.
        night: Whether it begins between half past midnight and half past two.
    """

    distinct: int
    cart_rate: float
    dwell: float
    night: bool

    def moments(self, host: pl.Series, count: int, rng: np.random.Generator) -> pl.Series:
        """Draw the time of each step, from the host's time on."""
        gaps = rng.lognormal(self.dwell, 0.8, count)
        began = host.dt.truncate("1d") + to_durations(3600.0 * rng.uniform(0.5, 2.5, 1)) if self.night else host
        return pl.Series([began.item()] * count, dtype=host.dtype) + to_durations(np.cumsum(gaps) - gaps)


_STYLES = (_Style(1000, 0.9, 3.4, night=False), _Style(2, 0.0, 5.0, night=False), _Style(1000, 0.16, 5.3, night=True))
