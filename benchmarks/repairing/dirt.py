"""Inject dirt into the events of a day, by kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import polars as pl

from benchmarks.detecting.visits import visitors
from sluice.domain import ROW
from sluice.faults import KINDS, TRAFFIC, TRUTH, Injection
from sluice.faults.bots import assign_visitors
from sluice.faults.injection import add_rows, change_cells, set_times, to_durations

Dirt = Callable[[pl.DataFrame, float, int], Injection]
TIMES = ("ts", "received_at")
BOT, CRAWL, ACCOUNT = 150, 400, 12  # events of a bot, of a crawler, and of an account of a farm
_SENT = {"key": "event_id", "times": TIMES}


def bots(rows: pl.DataFrame, rate: float, seed: int) -> Injection:
    """Let bots look at random items, with pauses drawn anew each time."""
    rng = np.random.default_rng(seed)
    signs = visitors(_count(rows, rate, BOT), seed)
    things = rows.unique("item_id", keep="first", maintain_order=True)
    first = rows[TIMES[0]].min()
    walks = []
    for _ in range(signs.height):
        walk = things[rng.integers(things.height, size=BOT)].with_columns(event_type=pl.lit("view"))
        moments = rng.uniform(0, 80_000) + np.cumsum(rng.lognormal(2.0, 0.5, BOT))
        walks.append(set_times(walk, TIMES, pl.Series([first] * BOT, dtype=rows.schema[TIMES[0]]) + to_durations(moments)))
    return add_rows(rows, "bots", assign_visitors(walks, signs, "event_id", rng))


def lost_order(rows: pl.DataFrame, rate: float, seed: int) -> Injection:
    """Shuffle the times of some visits, those of the device and of the server together."""
    rng = np.random.default_rng(seed)
    sessions = rows["session_id"].drop_nulls().unique(maintain_order=True)
    some = sessions.filter(pl.Series(rng.random(sessions.len()) < rate))
    shuffled = rows.with_row_index("place").with_columns(order=pl.Series(rng.random(rows.height)))
    hit = shuffled.filter(pl.col("session_id").is_in(some.implode()))
    mixed = hit.with_columns(pl.col(*TIMES).sort_by("order").over("session_id"))
    injected = Injection(rows, TRUTH.to_frame())
    for name in TIMES:
        changed = change_cells(injected.rows, "lost_order", name, mixed["place"].to_list(), mixed[name])
        injected = Injection(changed.rows, pl.concat([injected.truth, changed.truth]))
    return injected


def _by_name(kind: str, **settings: object) -> Dirt:
    def inject(rows: pl.DataFrame, rate: float, seed: int) -> Injection:
        injected = {**KINDS, **TRAFFIC}[kind].inject(rows, rate=rate, seed=seed, **settings)
        if not isinstance(injected, Injection):
            raise TypeError(f"{kind} is no dirt of rows")
        return injected

    return inject


def _visited(kind: str, events: int, least: int) -> Dirt:
    def inject(rows: pl.DataFrame, rate: float, seed: int) -> Injection:
        signs = visitors(max(least, _count(rows, rate, events)), seed)
        return _by_name(kind, item="item_id", visitors=signs, eligible=pl.col("event_type") == "view", **_SENT)(rows, rate, seed)

    return inject


def _count(rows: pl.DataFrame, rate: float, events: int) -> int:
    return max(1, round(rate * rows.height / events))


DIRT: Mapping[str, Dirt] = {
    "copies": _by_name("double_submit", **_SENT),
    "redelivery": _by_name("redelivery"),
    "replays": _by_name("replay", **_SENT),
    "orphans": _by_name("orphan_reference", unknown=pl.DataFrame({"item_id": [f"x{number:05d}" for number in range(200)]})),
    "clock skew": _by_name("clock_skew", time="ts", by="session_id"),
    "price x 100": _by_name("price_scale", column="price"),
    "currency": _by_name("wrong_currency", column="currency"),
    "bots": bots,
    "crawls": _visited("crawler", CRAWL, 1),
    "farms": _visited("click_farm", ACCOUNT, 8),
    "wrong ids": _by_name("wrong_user", column="user_id"),
    "lost order": lost_order,
}
TOGETHER = (("copies", "bots"), ("clock skew", "crawls"), ("wrong ids", "farms"))
ALL: Sequence[tuple[str, ...]] = (*((kind,) for kind in DIRT), *TOGETHER)


def inject_all(rows: pl.DataFrame, kinds: Sequence[str], rate: float, seed: int) -> Injection:
    """Inject some kinds one after the other; the truth of a row that was hit, and then copied, names both."""
    injected = Injection(rows, TRUTH.to_frame())
    for nth, kind in enumerate(kinds):
        more = DIRT[kind](injected.rows, rate, seed + 7919 * nth)
        injected = Injection(more.rows, pl.concat([injected.truth, more.truth]))
    ordered = injected.rows.sort("received_at", maintain_order=True)
    if ordered[ROW].n_unique() != ordered.height:
        raise ValueError("two rows have one id")
    return Injection(ordered, injected.truth)
