"""Draw a shop's clean days, and one day more with one kind of odd traffic planted into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from sluice.demo.deliveries import START
from sluice.demo.events import Traffic
from sluice.demo.items import Items, draw_items
from sluice.demo.people import draw_people
from sluice.domain import RAW, RAW_TYPE, ROW, RUN, Artifact, Column, Run, Schema
from sluice.faults import KINDS, TRAFFIC, Injection

EVENTS = Schema(
    "events",
    key=("event_id",),
    time="ts",
    columns=(
        *(Column(name) for name in ("event_id", "user_id", "session_id", "item_id", "event_type")),
        *(Column(name, "timestamp") for name in ("ts", "received_at")),
        Column("price", "number"),
        Column("currency"),
        *(Column(name, "integer") for name in ("quantity", "rating")),
        *(Column(name) for name in ("review_text", "ip", "user_agent")),
    ),
)
CATALOG = Schema("catalog", mode="snapshot", key=("item_id",), columns=(Column("item_id"), Column("price", "number")))
VISITOR = ("user_id", "session_id", "ip", "user_agent")
TIMES = ("ts", "received_at")
STALE = 5  # days after which a cached price is planted
_PUSHES = pl.col("event_type").is_in(["view", "cart"])


@dataclass(frozen=True, slots=True, eq=False)
class Shop:
    """Hold days without any dirt.

    Attributes:
        items: What is sold.
        days: The events of each day, with `_row_id`.
    """

    items: Items
    days: list[pl.DataFrame]

    @classmethod
    def of(cls, seed: int, *, days: int, items: int = 2000, users: int = 2000, per_day: int = 15_000) -> Shop:
        """Draw one."""
        stocked, peopled, walked = (np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(3))
        sold = draw_items(stocked, items, START, days, closed=days)
        traffic = Traffic(START, per_day, draw_people(peopled, users), sold, walked)
        return cls(sold, [_named(traffic.day(day), day) for day in range(days)])

    def catalog(self, day: int) -> pl.DataFrame:
        """Return the catalog at the end of a day."""
        return self.items.catalog(day).select("item_id", "price").with_columns(pl.format("c{}.{}", pl.lit(day), pl.int_range(pl.len())).alias(ROW))


def closes(day: int) -> datetime:
    """Return the end of a day."""
    return START + timedelta(days=day + 1)


def planted(kind: str, shop: Shop, day: int, seed: int) -> Injection:
    """Inject one kind of odd traffic among a day's events, a few in a hundred of them."""
    rows = shop.days[day]
    inject = {**KINDS, **TRAFFIC}[kind].inject
    injection = inject(rows, seed=seed, **_settings(kind, shop, day, seed))
    if not isinstance(injection, Injection):
        raise TypeError(f"{kind} is no defect of rows")
    return Injection(injection.rows.sort("received_at", maintain_order=True), injection.truth)


def _settings(kind: str, shop: Shop, day: int, seed: int) -> Mapping[str, object]:
    sent = {"key": "event_id", "times": TIMES}
    settings: Mapping[str, Mapping[str, object]] = {
        "crawler": {**sent, "item": "item_id", "visitors": visitors(3, seed), "rate": 0.03, "eligible": pl.col("event_type") == "view"},
        "click_farm": {**sent, "item": "item_id", "visitors": visitors(25, seed), "rate": 0.03, "eligible": _PUSHES},
        "replay": {**sent, "rate": 0.03},
        "burst": {**sent, "by": ("user_id", "ip", "item_id")[seed % 3], "visitor": VISITOR if seed % 3 == 2 else (), "rate": 0.03},
        "fixed_interval": {**sent, "visitors": visitors(25, seed), "rate": 0.03, "eligible": _PUSHES},
        "purchase_without_view": {**sent, "kind": "event_type", "item": "item_id", "visitor": VISITOR, "rate": 0.02, "history": pl.concat(shop.days[:day])},
        "funnel_anomaly": {**sent, "by": "item_id", "kind": "event_type", "visitor": VISITOR, "cells": {"quantity": 1}, "rate": 0.04},
        "clock_skew": {"time": "ts", "by": "session_id", "rate": 0.03},
        "send_time_stamps": {"time": "ts", "by": "session_id", "rate": 0.03},
        "stale_price": {
            "price": "price",
            "by": "item_id",
            "earlier": shop.catalog(max(day - STALE, 0)),
            "rate": 0.3,
            "eligible": pl.col("event_type") == "purchase",
        },
        "session_anomaly": {**sent, "session": "session_id", "item": "item_id", "kind": "event_type", "visitor": ("user_id", "ip", "user_agent"), "rate": 0.03},
        "doubled_hour": {**sent, "session": "session_id", "visitor": ("user_id", "ip", "user_agent"), "rate": 0.04},
        "missing_hour": {"time": "ts", "rate": 0.04},
    }
    return settings[kind]


def visitors(count: int, seed: int) -> pl.DataFrame:
    """Draw bots that name themselves as people do: one session each, an address of its own, a browser's user agent."""
    rng = np.random.default_rng([seed, 7])
    people = draw_people(rng, count).rows
    return people.with_columns(
        pl.format("u{}", pl.int_range(pl.len()) + 30_000).alias("user_id"),
        pl.Series("session_id", [rng.bytes(6).hex() for _ in range(count)], dtype=pl.String),
        pl.col("ip").str.replace("10.", "11.", literal=True),
    ).select(VISITOR)


def _named(rows: pl.DataFrame, day: int) -> pl.DataFrame:
    return rows.with_columns(pl.format("{}.{}", pl.lit(f"{day:012d}"), pl.int_range(pl.len())).alias(ROW), pl.lit(None, dtype=RAW_TYPE).alias(RAW))


@dataclass(frozen=True, slots=True, eq=False)
class Published:
    """Represent a snapshot of a shop whose first days are published; made by hand, for there is no store here.

    Attributes:
        shop: The shop.
        days: How many days of events are published.
        models: What was learned of them.
        catalogs: How many days of catalogs; the newest is the whole of it.
    """

    shop: Shop
    days: int
    models: Mapping[str, Artifact] = field(default_factory=dict)
    catalogs: int = 0

    @property
    def id(self) -> str:
        """Name the snapshot."""
        return str(self.days)

    def published(self, dataset: str) -> pl.LazyFrame:
        """Return the published rows, with the run of each."""
        if dataset == CATALOG.dataset:
            return self.shop.catalog(self.catalogs - 1).lazy() if self.catalogs else pl.LazyFrame()
        days = [rows.with_columns(pl.lit(run.id).alias(RUN)) for rows, run in zip(self.shop.days, self.runs(dataset), strict=False)]
        return pl.concat(days).lazy() if days else pl.LazyFrame()

    def repairs(self, dataset: str) -> pl.LazyFrame:
        """Return no repairs."""
        return pl.LazyFrame()

    def quarantine(self, dataset: str) -> pl.LazyFrame:
        """Return no rows: nothing was held."""
        return self.published(dataset).clear()

    def runs(self, dataset: str) -> Sequence[Run]:
        """Return a run a day."""
        count = self.catalogs if dataset == CATALOG.dataset else self.days
        heights = [self.shop.days[day].height for day in range(count)]
        return [Run(f"{day:012d}", dataset, "ingest", day, closes(day), "published", rows=rows, good=rows) for day, rows in enumerate(heights)]

    def metrics(self, dataset: str, runs: object = None) -> pl.DataFrame:
        """Return no metrics: none are recorded."""
        return pl.DataFrame({"run_id": [dataset]}).clear()

    def model(self, name: str) -> Artifact | None:
        """Return the artifact trained under that name."""
        return self.models.get(name)

    def without(self, batch_id: str) -> Published:
        """Return the same snapshot: no published batch is judged again here."""
        assert batch_id  # of no batch that is published
        return self
