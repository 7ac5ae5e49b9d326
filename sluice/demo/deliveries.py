"""The files of the demo shop, day by day: what it would have sent, and what it did send."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from sluice.demo import files
from sluice.demo.calendar import Calendar
from sluice.demo.events import Traffic
from sluice.demo.items import Items, stock
from sluice.demo.people import population
from sluice.demo.plan import for_catalog, for_events, spoil, twins
from sluice.domain import ROW
from sluice.faults import TRUTH, Injection
from sluice.faults.files import column_gone, truncated

START = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Size:
    """How large a shop is.

    Attributes:
        days: Days that it is open; at least 4.
        items: Items that it sells; at least 80.
        users: People who visit it.
        per_day: Events on an average day.
    """

    days: int = 14
    items: int = 2000
    users: int = 2000
    per_day: int = 15_000

    def __post_init__(self) -> None:
        """Refuse a shop without anything in some of its categories."""
        if self.items < 80 or self.users < 1 or self.per_day < 1:
            raise ValueError("the demo shop needs at least 80 items, one user and one event a day")


@dataclass(frozen=True, slots=True, eq=False)
class Delivery:
    """One file.

    Attributes:
        dataset: The folder that it lands in.
        file: Its name.
        content: Its bytes.
        truth: What was planted into it: file, position, kind, column, old, new.
        whole: The defect of the file as a whole (file, dataset, kind, column), if any.
    """

    dataset: str
    file: str
    content: bytes
    truth: pl.DataFrame
    whole: dict[str, str | None] | None = None


def deliveries(seed: int, size: Size, *, clean: bool) -> Iterator[Delivery]:
    """All files of a shop, in the order of days."""
    calendar = Calendar(size.days)
    shop, people, traffic = (np.random.default_rng(each) for each in np.random.SeedSequence(seed).spawn(3))
    items = stock(shop, size.items, START, size.days, closed=calendar.gone)
    days = Traffic(START, size.per_day, population(people, size.users), items, traffic)
    for day in range(size.days):
        name = f"{START + timedelta(days=day):%Y-%m-%d}"
        yield _catalog(f"catalog-{name}", _named(items.catalog(day), f"catalog-{name}"), None if clean else (seed, day), calendar, items)
        yield from _events(f"events-{name}", _named(days.day(day), f"events-{name}"), None if clean else (seed, day), calendar, items)


def _catalog(name: str, planted: Injection, dirt: tuple[int, int] | None, calendar: Calendar, items: Items) -> Delivery:
    file = f"{name}.csv"
    if dirt is None:
        return Delivery("catalog", file, files.csv(planted.rows), located(planted, file))
    seed, day = dirt
    if day == calendar.gone:
        return Delivery(
            "catalog", file, files.csv(column_gone(planted.rows, column="brand").rows), located(planted, file), _whole(file, "column_gone", "brand")
        )
    if calendar.twins <= day != calendar.kilograms:
        planted = spoil(planted, [twins(items)], [seed])
    planted = spoil(planted, for_catalog(calendar, day), [seed, day, 1])
    return Delivery("catalog", file, files.csv(planted.rows), located(planted, file))


def _events(name: str, planted: Injection, dirt: tuple[int, int] | None, calendar: Calendar, items: Items) -> Iterator[Delivery]:
    file, write = (f"{name}.parquet", files.parquet) if dirt and dirt[1] == calendar.parquet else (f"{name}.jsonl.gz", files.jsonl)
    if dirt is None:
        yield Delivery("events", file, write(planted.rows), located(planted, file))
        return
    seed, day = dirt
    planted = spoil(planted, for_events(calendar, day, items), [seed, day, 2])
    planted = Injection(planted.rows.sort("received_at", maintain_order=True), planted.truth)
    content = write(planted.rows)
    if day == calendar.truncated:
        yield Delivery("events", file, truncated(content, seed=seed), TRUTH_OF_FILES.to_frame(), _whole(file, "truncated"))
        file = f"{name}-resend.jsonl.gz"
    yield Delivery("events", file, content, located(planted, file))


TRUTH_OF_FILES = pl.Schema({"file": pl.String(), "position": pl.Int64(), **{name: dtype for name, dtype in TRUTH.items() if name != ROW}})


def located(planted: Injection, file: str) -> pl.DataFrame:
    """The truth with each row named by its place in the file, counted from 0."""
    places = planted.rows.select(ROW, pl.int_range(pl.len(), dtype=pl.Int64).alias("position"))
    return planted.truth.join(places, on=ROW, how="inner", maintain_order="left").with_columns(file=pl.lit(file)).select(TRUTH_OF_FILES.names())


def _named(rows: pl.DataFrame, name: str) -> Injection:
    return Injection(rows.with_columns(pl.format("{}.{}", pl.lit(name), pl.int_range(pl.len())).alias(ROW)), TRUTH.to_frame())


def _whole(file: str, kind: str, column: str | None = None) -> dict[str, str | None]:
    return {"dataset": file.partition("-")[0], "file": file, "kind": kind, "column": column}
