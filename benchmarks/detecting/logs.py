"""Odd traffic among real shops' logs: farms and odd funnels, the two kinds of which no time is needed, since the logs at hand hold none.

Half of the visitors, drawn anew for each seed, are history, and the others one batch, as it is and with one kind planted into it. *Recall*: of the
planted rows, those that are flagged. *False*: of the real ones, those that are, though nobody knows that they are all of people. The other
ways need times, sessions or prices, which neither log has: they are measured on the demo shop alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.figures import Figure, main
from detectors.traffic import click_farm, funnel
from detectors.traffic.settings import TrafficSettings
from sluice.domain import ROW, Column, Schema
from sluice.faults import Injection
from sluice.faults.behaviour import distort_funnel
from sluice.faults.bots import add_click_farm

DATA = Path(__file__).parents[3] / "shared/data/behaviour"
KINDS = {"view": "view_ecommerce.dat", "cart": "add_to_cart_ecommerce.dat", "purchase": "purchase_ecommerce.dat"}
ACCOUNTS, RATE = 25, 0.03
START = datetime(2026, 3, 1, tzinfo=UTC)
DEFAULTS = TrafficSettings(Schema("events", time="ts", columns=(Column("user_id"), Column("item_id"), Column("ts", "timestamp"))))


def retailrocket() -> pl.DataFrame:
    """Read views, carts and purchases: `user`, `item`, `kind`."""
    tables = [pl.read_csv(DATA / "retailrocket" / name, separator="\t").select("visitorid", "itemid", kind=pl.lit(kind)) for kind, name in KINDS.items()]
    return pl.concat(tables).select(pl.col("visitorid").cast(pl.String).alias("user"), pl.col("itemid").cast(pl.String).alias("item"), "kind")


def beauty() -> pl.DataFrame:
    """Read reviews: `user`, `item`, `kind`."""
    lines = [line.split() for line in (DATA / "beauty/beauty.txt").read_text().splitlines()]
    return pl.DataFrame([(line[0], item, "review") for line in lines for item in line[1:]], schema=["user", "item", "kind"], orient="row")


LOGS: Mapping[str, Callable[[], pl.DataFrame]] = {"retailrocket": retailrocket, "beauty": beauty}


def halves(rows: pl.DataFrame, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split into history and the batch, each of half of the visitors; fault injection needs keys and times, in the order of the log."""
    users = rows["user"].unique(maintain_order=True)
    first = pl.Series(np.random.default_rng(seed).random(users.len()) < 0.5)
    seconds = pl.int_range(pl.len()) * timedelta(seconds=1)
    named = rows.with_columns(pl.format("b.{}", pl.int_range(pl.len())).alias(ROW), key=pl.int_range(pl.len()).cast(pl.String), ts=pl.lit(START) + seconds)
    among = pl.col("user").is_in(users.filter(first).implode())
    return named.filter(among), named.filter(~among)


def _farm(batch: pl.DataFrame, seed: int) -> Injection:
    accounts = pl.DataFrame({"user": [f"account {number}" for number in range(ACCOUNTS)]})
    return add_click_farm(batch, key="key", item="item", times=("ts",), visitors=accounts, rate=RATE, seed=seed)


def _funnel(batch: pl.DataFrame, seed: int) -> Injection:
    return distort_funnel(batch, key="key", by="item", kind="kind", times=("ts",), rate=RATE, seed=seed, visitor=("user",))


def find_flagged_rows(kind: str, history: pl.DataFrame, batch: pl.DataFrame) -> pl.Series:
    """Return the ids of the rows that are flagged at the defaults."""
    if kind == "funnel":
        return funnel.find_odd_funnels(batch, funnel.FunnelRates.none().after(history), chance=DEFAULTS.significance_level)[ROW]
    known_users = click_farm.KnownUsers.none().after(history)
    return click_farm.find_click_farms(
        batch, known_users, similarity=DEFAULTS.min_similarity, group=DEFAULTS.min_group_size, items=DEFAULTS.min_items, chance=DEFAULTS.significance_level
    )[ROW]


def _measured(name: str, rows: pl.DataFrame, kind: str, seeds: int) -> Sequence[Figure]:
    recall, false, clean = [], [], []
    for seed in range(seeds):
        history, batch = halves(rows, seed)
        injection = (_farm if kind == "farm" else _funnel)(batch, seed)
        flags, planted = (
            injection.rows[ROW].is_in(find_flagged_rows(kind, history, injection.rows).implode()),
            injection.rows[ROW].is_in(injection.truth[ROW].implode()),
        )
        recall.append(float((flags & planted).sum()) / max(int(planted.sum()), 1))
        false.append(float((flags & ~planted).sum()) / batch.height)
        clean.append(find_flagged_rows(kind, history, batch).len() / batch.height)
    return [
        Figure.over(f"traffic, {name}, {kind}: recall", recall, "share"),
        Figure.over(f"traffic, {name}, {kind}: false", false, "share of real rows"),
        Figure.over(f"traffic, {name}, {kind}: flagged with nothing planted", clean, "share of real rows"),
    ]


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure the logs that are there."""
    figures: list[Figure] = []
    for name, read in LOGS.items():
        if not (DATA / name).is_dir():
            print(f"skipped: {name} is not in {DATA}")
            continue
        rows = read()
        for kind in ("farm", "funnel") if name == "retailrocket" else ("farm",):
            figures += _measured(name, rows, kind, options.seeds)
    return figures


if __name__ == "__main__":
    main(__doc__ or "", measure)
