"""A table of mixed types whose columns depend on each other, and ways to spoil one cell a row."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
import pytest

from sluice.domain import ROW, Column, Schema

TABLE = Schema(
    "orders",
    key=("order_id",),
    columns=(
        Column("order_id"),
        Column("category"),
        Column("country"),
        Column("currency"),
        Column("price", "number"),
        Column("quantity", "integer"),
        Column("total", "number"),
        Column("weight", "number"),
    ),
)
CATEGORIES, COUNTRIES = 12, 8
KINDS = ("category", "currency", "price", "quantity", "total", "weight")


def orders(n: int, seed: int) -> pl.DataFrame:
    """Clean rows: price and weight follow the category, currency the country, total price and quantity."""
    rng = np.random.default_rng(seed)
    category, country = rng.integers(CATEGORIES, size=n), rng.integers(COUNTRIES, size=n)
    price, quantity = np.exp(1 + 0.4 * category + rng.normal(0, 0.1, n)), rng.integers(1, 5, n)
    weight = np.exp(6 - 0.3 * category + rng.normal(0, 0.1, n))
    return pl.DataFrame(
        {
            "order_id": [f"o{seed}-{i}" for i in range(n)],
            "category": [f"category {i}" for i in category],
            "country": [f"country {i}" for i in country],
            "currency": [f"currency {i // 2}" for i in country],
            "price": price,
            "quantity": quantity,
            "total": price * quantity,
            "weight": np.where(rng.random(n) < 0.03, np.nan, weight),
            ROW: [f"{seed:012d}.{i}" for i in range(n)],
        }
    ).with_columns(pl.col("weight").fill_nan(None))


def spoilt(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """One wrong cell a row, inside the range of its column."""
    wrong = {
        "category": pl.format("category {}", (pl.col("category").str.slice(9).cast(pl.Int64) + CATEGORIES // 2) % CATEGORIES),
        "currency": pl.format("currency {}", (pl.col("currency").str.slice(9).cast(pl.Int64) + 1) % (COUNTRIES // 2)),
        "price": pl.when(pl.col("price") > 20).then(pl.col("price") / 10).otherwise(pl.col("price") * 10),
        "quantity": pl.col("quantity") * 50,
        "total": pl.when(pl.col("total") > 40).then(pl.col("total") / 10).otherwise(pl.col("total") * 10),
        "weight": pl.col("weight").fill_null(100) * 1000,
    }
    return rows.with_columns(wrong[column].alias(column))


@pytest.fixture(scope="session")
def table() -> Schema:
    return TABLE


@pytest.fixture(scope="session")
def history() -> pl.DataFrame:
    return orders(10_000, 1)


@pytest.fixture(scope="session")
def clean() -> pl.DataFrame:
    return orders(6000, 2)


@pytest.fixture(scope="session")
def planted() -> Mapping[str, pl.DataFrame]:
    """Rows with one wrong cell each, by the column that is wrong."""
    return {column: spoilt(orders(80, 10 + i), column) for i, column in enumerate(KINDS)}
