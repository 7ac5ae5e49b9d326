from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from sluice.domain import RAW, RAW_TYPE, ROW, Batch, Column, Schema

START = datetime(2026, 3, 1, tzinfo=UTC)
SCHEMA = Schema(
    "events",
    key=("event_id",),
    time="ts",
    columns=(
        Column("event_id"),
        Column("user_id"),
        Column("item_id"),
        Column("category"),
        Column("price", "number"),
        Column("quantity", "integer"),
        Column("gift", "boolean"),
        Column("day", "date"),
        Column("ts", "timestamp"),
        Column("received_at", "timestamp"),
        Column("note"),
        Column("email", personal=True),
    ),
)


def events(n: int, seed: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    category = rng.integers(6, size=n)
    at = [START + timedelta(seconds=float(s)) for s in np.sort(rng.uniform(0, 14 * 86_400, n))]
    return pl.DataFrame(
        {
            "event_id": [f"{seed}-{i}" for i in range(n)],
            "user_id": [f"u{i}" for i in rng.integers(max(n // 6, 1), size=n)],
            "item_id": [f"i{i}" for i in rng.integers(200, size=n)],
            "category": [f"kind {i}" for i in category],
            "price": np.round(np.exp(category + rng.normal(0, 0.2, n)), 2),
            "quantity": [int(i) if i else None for i in rng.poisson(1.5, n)],
            "gift": rng.random(n) < 0.2,
            "day": [moment.date() for moment in at],
            "ts": at,
            "received_at": [moment + timedelta(seconds=float(s)) for moment, s in zip(at, rng.exponential(2, n), strict=True)],
            "note": [f"note {i} " + "la " * int(k) for i, k in enumerate(rng.integers(1, 9, n))],
            "email": [f"{i}@example.com" for i in range(n)],
            ROW: [f"{seed:012d}.{i}" for i in range(n)],
        },
        schema={**SCHEMA.dtypes, ROW: pl.String()},
    ).with_columns(pl.lit(None, dtype=RAW_TYPE).alias(RAW))


@pytest.fixture(scope="session")
def schema() -> Schema:
    return SCHEMA


@pytest.fixture(scope="session")
def batch_of() -> Callable[[pl.DataFrame], Batch]:
    return lambda rows: Batch("events", "b" * 12, rows, START + timedelta(days=14))


@pytest.fixture(scope="session")
def history() -> pl.DataFrame:
    return events(900, 1)


@pytest.fixture(scope="session")
def rows() -> pl.DataFrame:
    return events(400, 2)
