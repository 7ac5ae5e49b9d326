"""Two logs of clean events by day: Amazon Beauty with synthesised times, prices and sessions, and the demo shop."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.detecting.visits import Shop
from sluice.demo.deliveries import START
from sluice.demo.people import draw_people
from sluice.domain import ROW

BEAUTY = Path(__file__).parents[3] / "shared/data/behaviour/beauty/beauty.txt"
DAYS, HISTORY = 5, 3  # days of a log, and the first of them without dirt
VISIT = 4  # events of a visit to Beauty on average
COLUMNS = ("event_id", "user_id", "session_id", "item_id", "event_type", "ts", "received_at", "price", "currency", "ip", "user_agent")


@dataclass(frozen=True, slots=True, eq=False)
class CleanLog:
    """Hold a clean log.

    Attributes:
        days: Events of each day, `COLUMNS` and `_row_id`.
        catalog: Items with their price and currency.
        targets: The next item of each user (`user_id`, `item_id`), which is not among the events.
    """

    days: Sequence[pl.DataFrame]
    catalog: pl.DataFrame
    targets: pl.DataFrame


def closes(day: int) -> datetime:
    """Return the end of a day."""
    return START + timedelta(days=day + 1)


def beauty(seed: int, *, quick: bool) -> CleanLog:
    """Spread a sample of Beauty's users over days: a few visits each, with a person's pauses."""
    rng = np.random.default_rng(seed)
    lines = [line.split() for line in BEAUTY.read_text(encoding="utf-8").splitlines()]
    chosen = [lines[place] for place in np.sort(rng.permutation(len(lines))[: 1_500 if quick else 8_000]).tolist()]
    numbers = rng.permutation(13_000)  # the file numbers items in order of appearance, so that adjacent numbers are similar items
    users, items = pl.Series([line[0] for line in chosen]), [[f"i{numbers[int(item)]:05d}" for item in line[1:]] for line in chosen]
    people = draw_people(rng, users.len()).rows.select("ip", "user_agent", user_id="u" + users.cast(pl.String).str.zfill(5))
    events = people.with_columns(item_id=pl.Series([row[:-1] for row in items])).explode("item_id")
    catalog = _price(sorted({item for row in items for item in row}), rng)
    rows = _timed(events, rng).join(catalog, on="item_id", how="left", maintain_order="left")
    return CleanLog(_by_day(rows), catalog, people.select("user_id", item_id=pl.Series([row[-1] for row in items])))


def demo_shop(seed: int, *, quick: bool) -> CleanLog:
    """Draw the demo shop; the last event of each user is the target."""
    shop = Shop.of(seed, days=DAYS, items=300 if quick else 1_000, users=300 if quick else 1_500, per_day=2_500 if quick else 8_000)
    rows = pl.concat(shop.days).sort("user_id", "ts", ROW, maintain_order=True)
    last = pl.int_range(pl.len()).over("user_id") == pl.len().over("user_id") - 1
    catalog = shop.items.catalog(DAYS - 1).select("item_id", "price", "currency")
    return CleanLog(_by_day(rows.filter(~last)), catalog, rows.filter(last).select("user_id", "item_id"))


LOGS: Mapping[str, Callable[..., CleanLog]] = {"beauty": beauty, "demo_shop": demo_shop}


def _price(items: list[str], rng: np.random.Generator) -> pl.DataFrame:
    currency = np.where(rng.random(len(items)) < 0.8, "EUR", "USD")
    return pl.DataFrame({"item_id": items, "price": np.exp(rng.normal(2.7, 0.8, len(items))).round(2) + 0.5, "currency": currency})


def _timed(events: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Give each event its visit, type and times: visits of one user lie on different days, in their order."""
    size = events.height
    begins = pl.int_range(pl.len()).over("user_id") == 0
    cut = events.with_columns(begins=begins | pl.Series(rng.random(size) < 1 / VISIT)).with_columns(
        visit=pl.col("begins").cast(pl.Int64).cum_sum().over("user_id") - 1
    )
    visits = cut.group_by("user_id", "visit", maintain_order=True).agg(pl.len())
    drawn = visits.with_columns(order=pl.Series(rng.random(visits.height)), second=pl.Series(rng.normal(15.0, 3.5, visits.height).clip(1, 22) * 3600))
    moments = drawn.with_columns(day=(pl.col("order") * DAYS).floor().sort().over("user_id"), second=pl.col("second").sort().over("user_id"))
    pauses = pl.Series(rng.lognormal(3.6, 0.9, size))
    located = cut.with_columns(pause=pauses).join(
        moments.select("user_id", "visit", "day", "second"), on=["user_id", "visit"], how="left", maintain_order="left"
    )
    elapsed = pl.col("pause").cum_sum().over("user_id")
    at = pl.lit(START) + pl.duration(milliseconds=(1000 * (pl.col("day") * 86_400 + pl.col("second") + elapsed)).cast(pl.Int64))
    named = located.with_columns(ts=at.dt.cast_time_unit("us"), session_id=pl.format("s{}-{}", pl.col("user_id").str.slice(1), "visit"))
    kinds = pl.Series(rng.choice(["view", "cart", "purchase"], size, p=[0.86, 0.09, 0.05]))
    delay = pl.duration(milliseconds=pl.lit(pl.Series(rng.integers(50, 1500, size))))
    keys = pl.Series([rng.bytes(12).hex() for _ in range(size)])
    return named.with_columns(event_type=kinds, received_at=pl.col("ts") + delay, event_id=keys)


def _by_day(rows: pl.DataFrame) -> list[pl.DataFrame]:
    days = [rows.filter((pl.col("received_at") >= closes(day - 1)) & (pl.col("received_at") < closes(day))) for day in range(DAYS)]
    return [
        day.sort("received_at", maintain_order=True).select(*COLUMNS, pl.format("{}.{}", pl.lit(nth), pl.int_range(pl.len())).alias(ROW))
        for nth, day in enumerate(days)
    ]
