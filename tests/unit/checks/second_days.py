"""Thirty right days of three datasets, and faults that are planted in one of them."""

from __future__ import annotations

import functools
import random
from datetime import UTC, datetime, timedelta

import polars as pl

from sluice.domain import RAW, RAW_TYPE, ROW, Batch, Column, Schema

START = datetime(2026, 11, 1, tzinfo=UTC)
CAMPAIGN = 10  # the 11th of November

EVENTS = Schema(
    "events",
    "append",
    ("event_id",),
    (
        Column("event_id", required=True),
        Column("visitor"),
        Column("event_type"),
        Column("sku"),
        Column("query"),
        Column("transaction_id"),
        Column("value", "number"),
        Column("device"),
        Column("ts", "timestamp"),
    ),
    "ts",
    every=timedelta(days=1),
)
ORDERS = Schema(
    "orders",
    "append",
    ("order_no",),
    (
        Column("order_no"),
        Column("status"),
        Column("currency"),
        Column("shipping", "number"),
        Column("total", "number"),
        Column("quantity", "integer"),
        Column("coupon"),
        Column("placed_at", "timestamp"),
    ),
    "placed_at",
    every=timedelta(days=1),
)
CATALOG = Schema(
    "catalog",
    "snapshot",
    ("sku",),
    (
        Column("sku"),
        Column("title"),
        Column("vendor"),
        Column("status"),
        Column("price", "number"),
        Column("weight", "number"),
        Column("stock", "integer"),
        Column("rating", "number"),
    ),
)
SCHEMAS = {"events": EVENTS, "orders": ORDERS, "catalog": CATALOG}


def _size(rows: int, day: int) -> int:
    weekend = 0.6 if (START + timedelta(days=day)).weekday() >= 5 else 1.0
    return int(rows * weekend * (8 if day == CAMPAIGN else 1))


def _moment(chance: random.Random, day: int) -> datetime:
    return START + timedelta(days=day, seconds=chance.randrange(86_400))


def skus(day: int) -> list[str]:
    """Return the products on sale: each day 2 % are new and 2 % are gone."""
    return [f"MUG-{number}" for number in range(9_500 + 8 * day, 9_900 + 8 * day)]


@functools.cache
def events(day: int) -> pl.DataFrame:
    """Return the events of a day."""
    chance, rows = random.Random(day), []
    for number in range(_size(900, day)):
        kind = chance.choices(["view", "search", "cart", "purchase"], [70, 15, 10, 5])[0]
        rows.append(
            {
                "event_id": f"e{day:02}{number:05}",
                "visitor": f"v{chance.randrange(10**6)}",
                "event_type": kind,
                "sku": None if kind == "search" else chance.choice(skus(day)),
                "query": chance.choice(["mug", "rug", "blue lamp"]) if kind == "search" else None,
                "transaction_id": f"T-{day}-{number}" if kind == "purchase" else None,
                "value": _price(chance, day) if kind in ("cart", "purchase") else None,
                "device": chance.choices(["mobile", "desktop", "tablet", "tv"], [60, 30, 10, int(day > 4)])[0],
                "ts": _moment(chance, day),
            }
        )
    return pl.DataFrame(rows, schema=EVENTS.dtypes)


@functools.cache
def orders(day: int) -> pl.DataFrame:
    """Return the orders of a day: from the second on also others of status, currency and shipping, and returns."""
    chance, rows = random.Random(100 + day), []
    status = ["paid", "shipped"] if day == 0 else ["paid", "shipped", "returned", "pending"]
    for number in range(_size(150, day)):
        quantity = chance.choices([1, 2, 3, 4 if day else 1, -1 if day else 1], [70, 20, 7, 2, 1])[0]
        total = round(quantity * _price(chance, day), 2)
        rows.append(
            {
                "order_no": str(9_900 + 1_300 * day + number),
                "status": chance.choice(status),
                "currency": chance.choices(["EUR", "CHF"], [50, day])[0],
                "shipping": chance.choices([4.9, 0.0, 9.9], [80, 10 if day else 0, 10 if day else 0])[0],
                "total": total,
                "quantity": quantity,
                "coupon": "WELCOME" if chance.random() < 0.2 else None,
                "placed_at": _moment(chance, day),
            }
        )
    return pl.DataFrame(rows, schema=ORDERS.dtypes)


@functools.cache
def catalog(day: int) -> pl.DataFrame:
    """Return the catalog of a day."""
    rows = []
    for sku in skus(day):
        chance = random.Random(sku)
        rows.append(
            {
                "sku": sku,
                "title": f"{chance.choice(['Mug', 'Rug', 'Lamp'])} {sku}",
                "vendor": chance.choice(["Northwind", "Contoso"]) if day < 3 or chance.random() < 0.95 else "Fabrikam",
                "status": "active" if day == 0 or chance.random() < 0.9 else "draft",
                "price": _price(chance, day),
                "weight": round(chance.lognormvariate(5, 1), 1) if chance.random() < 0.8 else None,
                "stock": chance.randrange(200) - (2 if day else 0),
                "rating": round(chance.uniform(2.5, 5), 1),
            }
        )
    return pl.DataFrame(rows, schema=CATALOG.dtypes)


def _price(chance: random.Random, day: int) -> float:
    return round(chance.lognormvariate(3.2, 0.8) * (0.7 if day == CAMPAIGN else 1), 2)


MAKERS = {"events": events, "orders": orders, "catalog": catalog}


def batch_of(dataset: str, rows: pl.DataFrame, day: int, columns: tuple[str, ...] | None = None) -> Batch:
    """Return rows as the batch of a day."""
    schema = SCHEMAS[dataset]
    ids = pl.Series(ROW, [f"{dataset}{day}.{index}" for index in range(rows.height)], dtype=pl.String)
    full = rows.with_columns(ids, pl.Series(RAW, [None] * rows.height, dtype=RAW_TYPE))
    return Batch(dataset, f"{dataset}{day}", full, START + timedelta(days=day + 1), columns or schema.names)


def planted(rows: pl.DataFrame, column: str, fault: str) -> pl.DataFrame:
    """Return rows with one fault in a column, in every tenth row or, a changed unit, in all."""
    tenth = pl.int_range(pl.len()) % 10 == 3
    cell = pl.col(column)
    changed = {
        "missing": pl.when(tenth).then(None).otherwise(cell),
        "range": pl.when(tenth).then(-1000 * cell.abs() - 1000).otherwise(cell) if rows.schema[column].is_numeric() else cell,
        "unit": cell * 100 if rows.schema[column].is_numeric() else cell,
        "reference": pl.when(tenth).then(pl.lit("GONE-1")).otherwise(cell) if rows.schema[column] == pl.String else cell,
    }[fault]
    return rows.with_columns(changed.cast(rows.schema[column]).alias(column))
