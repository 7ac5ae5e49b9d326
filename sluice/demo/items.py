"""Draw the items of the demo shop, and build the catalog of each day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from sluice.demo.vocabulary import BRANDS, COLOURS, LEAVES, PLACES, PRAISE, STYLES

LINES = tuple(f"{style} {place}" for style in STYLES for place in PLACES)
_CENTS = np.array([0.99, 0.49, 0.90, 0.0])


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """Hold the items that the shop sells, some of them from a later day on.

    Attributes:
        rows: Constant cells: item_id, title, description, brand, product_line, category, currency, weight_g, image_url.
        leaf: Index of each item's category in LEAVES.
        brand: Index of its brand in BRANDS.
        popularity: Relative frequency of views; falls with the rank as 1 / rank.
        quality: Mean of the stars that it earns.
        launch: Index of the day from which it is sold.
        price: Price in the item's own currency; shape (days, items).
        updated: Time of the last change of its catalog row; shape (days, items).
    """

    rows: pl.DataFrame
    leaf: np.ndarray
    brand: np.ndarray
    popularity: np.ndarray
    quality: np.ndarray
    launch: np.ndarray
    price: np.ndarray
    updated: np.ndarray

    def catalog(self, day: int) -> pl.DataFrame:
        """Return the catalog at the end of a day."""
        rows = self.rows.with_columns(price=self.price[day], updated_at=pl.Series(self.updated[day]).cast(pl.Datetime("us")).dt.replace_time_zone("UTC"))
        order = ("item_id", "title", "description", "brand", "product_line", "category", "price", "currency", "weight_g", "image_url", "updated_at")
        return rows.select(order).filter(pl.Series(self.launch <= day))


def draw_items(rng: np.random.Generator, count: int, start: datetime, days: int, *, closed: int) -> Items:
    """Draw a shop's items.

    Args:
        rng: Random generator.
        count: Number of items.
        start: First day.
        days: Number of days that the shop is open.
        closed: Index of a day on which nothing new is launched.
    """
    leaf = rng.permutation(np.arange(count) % len(LEAVES))
    department = np.unique([category.department for category in LEAVES], return_inverse=True)[1][leaf]
    brand = (department * 5 + rng.integers(0, 10, count)) % len(BRANDS)
    line = (leaf * 3 + rng.integers(0, 3, count)) % len(LINES)
    launch = np.where(rng.random(count) < 0.05, rng.integers(min(1, days - 1), days, count), 0)
    launch[launch == closed] = 0
    launch[np.unique(leaf, return_index=True)[1]] = 0  # no category is empty on the first day
    price, updated = _draw_prices(rng, leaf, launch, start, days)
    popularity = 1 / (rng.permutation(count) + 8.0)
    return Items(_rows(rng, leaf, brand, line), leaf, brand, popularity, rng.normal(3.9, 0.5, count), launch, price, updated)


def _rows(rng: np.random.Generator, leaf: np.ndarray, brand: np.ndarray, line: np.ndarray) -> pl.DataFrame:
    count = leaf.size
    weights = np.maximum(20, np.round(np.array([LEAVES[index].weight for index in leaf]) * rng.lognormal(0, 0.2, count)))
    return pl.DataFrame(
        {
            "item_id": [f"i{number:05d}" for number in range(1, count + 1)],
            "title": _write_titles(rng, leaf, brand),
            "description": [_write_description(rng, LEAVES[index].noun, LINES[own]) for index, own in zip(leaf, line, strict=True)],
            "brand": [BRANDS[index] for index in brand],
            "product_line": [LINES[index] for index in line],
            "category": [LEAVES[index].path for index in leaf],
            "currency": rng.choice(["EUR", "USD", "GBP"], count, p=[0.85, 0.1, 0.05]).tolist(),
            "weight_g": weights,
            "image_url": [f"https://img.example.com/items/i{number:05d}.webp" for number in range(1, count + 1)],
        }
    )


def _write_titles(rng: np.random.Generator, leaf: np.ndarray, brand: np.ndarray) -> list[str]:
    """Return titles of which no two are alike, as long as the words suffice."""
    titles: list[str] = []
    taken: set[str] = set()
    for index, own in zip(leaf, brand, strict=True):
        category = LEAVES[index]
        for _ in range(20):
            material, size, colour = (words[int(rng.integers(len(words)))] for words in (category.materials, category.sizes, COLOURS))
            title = f"{BRANDS[own]} {material} {category.noun} {size}, {colour}"
            if title not in taken:
                break
        taken.add(title)
        titles.append(title)
    return titles


def _write_description(rng: np.random.Generator, noun: str, line: str) -> str:
    first, second = rng.choice(len(PRAISE), 2, replace=False)
    return f"The {noun} of our {line} line. {PRAISE[first]} {PRAISE[second]}"


def _draw_prices(rng: np.random.Generator, leaf: np.ndarray, launch: np.ndarray, start: datetime, days: int) -> tuple[np.ndarray, np.ndarray]:
    """Return prices and the times of their last change; they drift, and sales of some days cut them by 10 to 30 per cent."""
    count = leaf.size
    list_price = np.array([LEAVES[index].price for index in leaf]) * rng.lognormal(0, 0.35, count)
    list_price = np.maximum(2, np.floor(list_price)) + rng.choice(_CENTS, count)
    price, updated = np.empty((days, count)), np.empty((days, count), dtype="datetime64[us]")
    cut, remaining = np.zeros(count), np.zeros(count, dtype=np.int64)
    naive = start.replace(tzinfo=None)
    latest = np.datetime64(naive - timedelta(days=1), "us") - (rng.integers(0, 300 * 86400, count) * 10**6).astype("timedelta64[us]")
    for day in range(days):
        list_price = np.where(rng.random(count) < 0.015, list_price * rng.uniform(0.95, 1.05, count), list_price)
        starts = (remaining == 0) & (rng.random(count) < 0.008)
        remaining = np.where(starts, rng.integers(2, 5, count), np.maximum(remaining - 1, 0))
        cut = np.where(starts, rng.uniform(0.1, 0.3, count), np.where(remaining > 0, cut, 0.0))
        price[day] = np.round(list_price * (1 - cut), 2)
        changed = (price[day] != price[max(day - 1, 0)]) | (launch == day) & (day > 0)
        early = np.datetime64(naive + timedelta(days=day), "us") + (rng.integers(1800, 18000, count) * 10**6).astype("timedelta64[us]")
        latest = np.where(changed, early, latest)
        updated[day] = latest
    return price, updated
