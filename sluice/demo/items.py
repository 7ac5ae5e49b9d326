"""The items of the demo shop, and the catalog of each day."""

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
    """Everything that the shop sells, some of it from a later day on.

    Attributes:
        rows: What does not change: item_id, title, description, brand, product_line, category, currency, weight_g, image_url.
        leaf: Index of each item's category in LEAVES.
        brand: Index of its brand in BRANDS.
        popularity: How often it is looked at, relative to others; falls with the rank as 1 / rank.
        quality: The stars that it earns on average.
        launch: Index of the day from which it is sold.
        price: Price in the item's own currency, by day and item.
        updated: When its catalog row last changed, by day and item.
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
        """The catalog as it is at the end of a day."""
        told = self.rows.with_columns(price=self.price[day], updated_at=pl.Series(self.updated[day]).cast(pl.Datetime("us")).dt.replace_time_zone("UTC"))
        order = ("item_id", "title", "description", "brand", "product_line", "category", "price", "currency", "weight_g", "image_url", "updated_at")
        return told.select(order).filter(pl.Series(self.launch <= day))


def stock(rng: np.random.Generator, count: int, start: datetime, days: int, *, closed: int) -> Items:
    """Draw a shop's items.

    Args:
        rng: Draws them.
        count: How many.
        start: The first day.
        days: How many days the shop is open.
        closed: Index of a day on which nothing new is launched.
    """
    leaf = rng.permutation(np.arange(count) % len(LEAVES))
    department = np.unique([each.department for each in LEAVES], return_inverse=True)[1][leaf]
    brand = (department * 5 + rng.integers(0, 10, count)) % len(BRANDS)
    line = (leaf * 3 + rng.integers(0, 3, count)) % len(LINES)
    launch = np.where(rng.random(count) < 0.05, rng.integers(min(1, days - 1), days, count), 0)
    launch[launch == closed] = 0
    launch[np.unique(leaf, return_index=True)[1]] = 0  # no category is empty on the first day
    price, updated = _prices(rng, leaf, launch, start, days)
    popularity = 1 / (rng.permutation(count) + 8.0)
    return Items(_rows(rng, leaf, brand, line), leaf, brand, popularity, rng.normal(3.9, 0.5, count), launch, price, updated)


def _rows(rng: np.random.Generator, leaf: np.ndarray, brand: np.ndarray, line: np.ndarray) -> pl.DataFrame:
    count = leaf.size
    weights = np.maximum(20, np.round(np.array([LEAVES[each].weight for each in leaf]) * rng.lognormal(0, 0.2, count)))
    return pl.DataFrame(
        {
            "item_id": [f"i{number:05d}" for number in range(1, count + 1)],
            "title": _titles(rng, leaf, brand),
            "description": [_description(rng, LEAVES[each].noun, LINES[own]) for each, own in zip(leaf, line, strict=True)],
            "brand": [BRANDS[each] for each in brand],
            "product_line": [LINES[each] for each in line],
            "category": [LEAVES[each].path for each in leaf],
            "currency": rng.choice(["EUR", "USD", "GBP"], count, p=[0.85, 0.1, 0.05]).tolist(),
            "weight_g": weights,
            "image_url": [f"https://img.example.com/items/i{number:05d}.webp" for number in range(1, count + 1)],
        }
    )


def _titles(rng: np.random.Generator, leaf: np.ndarray, brand: np.ndarray) -> list[str]:
    """No two alike, as long as the words suffice."""
    titles: list[str] = []
    taken: set[str] = set()
    for each, own in zip(leaf, brand, strict=True):
        kind = LEAVES[each]
        for _ in range(20):
            material, size, colour = (words[int(rng.integers(len(words)))] for words in (kind.materials, kind.sizes, COLOURS))
            title = f"{BRANDS[own]} {material} {kind.noun} {size}, {colour}"
            if title not in taken:
                break
        taken.add(title)
        titles.append(title)
    return titles


def _description(rng: np.random.Generator, noun: str, line: str) -> str:
    first, second = rng.choice(len(PRAISE), 2, replace=False)
    return f"The {noun} of our {line} line. {PRAISE[first]} {PRAISE[second]}"


def _prices(rng: np.random.Generator, leaf: np.ndarray, launch: np.ndarray, start: datetime, days: int) -> tuple[np.ndarray, np.ndarray]:
    """Prices drift a little, and now and then some days of sale cut them by a tenth to three; each change moves the time of the update."""
    count = leaf.size
    asked = np.array([LEAVES[each].price for each in leaf]) * rng.lognormal(0, 0.35, count)
    asked = np.maximum(2, np.floor(asked)) + rng.choice(_CENTS, count)
    price, updated = np.empty((days, count)), np.empty((days, count), dtype="datetime64[us]")
    cut, left = np.zeros(count), np.zeros(count, dtype=np.int64)
    naive = start.replace(tzinfo=None)
    latest = np.datetime64(naive - timedelta(days=1), "us") - (rng.integers(0, 300 * 86400, count) * 10**6).astype("timedelta64[us]")
    for day in range(days):
        asked = np.where(rng.random(count) < 0.015, asked * rng.uniform(0.95, 1.05, count), asked)
        starts = (left == 0) & (rng.random(count) < 0.008)
        left = np.where(starts, rng.integers(2, 5, count), np.maximum(left - 1, 0))
        cut = np.where(starts, rng.uniform(0.1, 0.3, count), np.where(left > 0, cut, 0.0))
        price[day] = np.round(asked * (1 - cut), 2)
        touched = (price[day] != price[max(day - 1, 0)]) | (launch == day) & (day > 0)
        early = np.datetime64(naive + timedelta(days=day), "us") + (rng.integers(1800, 18000, count) * 10**6).astype("timedelta64[us]")
        latest = np.where(touched, early, latest)
        updated[day] = latest
    return price, updated
