"""Draw a shop's order lines whose columns depend on each other, and one wrong cell a row, most of them plausible by themselves.

Eight numbers and seven categories of 3 to 20,000 values. A product has a brand, a brand its category; a category its prices, weights
and quantities; a country its currency, delivery time and hours; a user agent its device, a device its screens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sluice.domain import ROW, Column, Schema

NUMBERS = ("price", "quantity", "total", "discount", "weight_g", "hour", "delivery_days", "screen_w")
CATEGORIES = ("category", "brand", "product", "country", "currency", "user_agent", "device")
VALUES = (120, 2_000, 20_000, 24, 10, 300, 3)
SCHEMA = Schema("orders", columns=(*(Column(name, "number") for name in NUMBERS), *(Column(name) for name in CATEGORIES)))

Cells: TypeAlias = dict[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Represent what the shop sells, and to whom: drawn once a seed, the same for history and for what is judged."""

    prices: NDArray[np.float64]
    weights: NDArray[np.float64]
    quantities: NDArray[np.float64]
    brand_category: NDArray[np.int64]
    premium: NDArray[np.float64]
    product_brand: NDArray[np.int64]
    product_price: NDArray[np.float64]
    product_weight: NDArray[np.float64]
    popularity: NDArray[np.float64]
    currency: NDArray[np.int64]
    zone: NDArray[np.int64]
    delivery: NDArray[np.float64]
    agent_device: NDArray[np.int64]

    @classmethod
    def of(cls, seed: int) -> World:
        """Draw one."""
        rng = np.random.default_rng([seed, 0])
        categories, brands, products, countries, currencies, agents, devices = VALUES
        popularity = rng.permutation(_zipf(products, 0.8))
        return cls(
            rng.normal(3.5, 1.2, categories),
            rng.normal(6, 1.3, categories),
            rng.choice([1.05, 1.3, 2.5, 6], categories),
            rng.integers(0, categories, brands),
            rng.normal(0, 0.25, brands),
            rng.integers(0, brands, products),
            rng.normal(0, 0.2, products),
            rng.normal(0, 0.2, products),
            popularity,
            rng.integers(0, currencies, countries),
            rng.integers(-8, 9, countries),
            rng.uniform(1, 9, countries),
            rng.choice(devices, agents, p=[0.6, 0.3, 0.1]),
        )

    def rows(self, n: int, seed: int) -> Cells:
        """Clean order lines, as numbers; NaN where null."""
        rng = np.random.default_rng([seed, 1])
        product = rng.choice(len(self.popularity), n, p=self.popularity)
        brand = self.product_brand[product]
        category = self.brand_category[brand]
        price = np.round(np.exp(self.prices[category] + self.premium[brand] + self.product_price[product] + rng.normal(0, 0.05, n)), 2) + 0.01
        quantity = 1.0 + rng.poisson(self.quantities[category] - 0.98)
        discount = rng.choice([0.0, 5, 10, 20, 50], n, p=[0.6, 0.15, 0.15, 0.08, 0.02])
        weight = np.exp(self.weights[category] + self.product_weight[product] + rng.normal(0, 0.02, n))
        country = np.minimum(rng.geometric(0.15, n) - 1, VALUES[3] - 1)
        agent = rng.choice(VALUES[5], n, p=_zipf(VALUES[5], 1.0))
        device = self.agent_device[agent]
        numbers = (
            price,
            quantity,
            np.round(price * quantity * (1 - discount / 100), 2),
            discount,
            np.where(rng.random(n) < 0.03, np.nan, weight),
            (rng.normal(15, 4, n) + self.zone[country]) % 24,
            np.maximum(0.1, self.delivery[country] + rng.normal(0, 0.8, n)),
            np.array([390, 1920, 1024])[device] * np.exp(rng.normal(0, 0.12, n)),
        )
        categories = (category, brand, product, country, self.currency[country], agent, device)
        return {name: values.astype(np.float64) for name, values in zip((*NUMBERS, *CATEGORIES), (*numbers, *categories), strict=True)}


def _zipf(n: int, power: float) -> NDArray[np.float64]:
    shares = 1 / np.arange(1, n + 1) ** power
    return np.asarray(shares / shares.sum())


Spoil: TypeAlias = Callable[[Cells, NDArray[np.float64], Cells, np.random.Generator, World], NDArray[np.float64]]


def _other(column: str) -> Spoil:
    """Take the cell of another row, where that is a different value."""

    def spoil(rows: Cells, _: NDArray[np.float64], others: Cells, rng: np.random.Generator, world: World) -> NDArray[np.float64]:
        same = others[column] == rows[column]
        step = rng.integers(1, 3, len(same)) if column in CATEGORIES else 0
        return np.where(same, (others[column] + step) % dict(zip(CATEGORIES, VALUES, strict=True)).get(column, np.inf), others[column])

    return spoil


def _agent(rows: Cells, _: NDArray[np.float64], others: Cells, rng: np.random.Generator, world: World) -> NDArray[np.float64]:
    """Choose a user agent of another device."""
    choices = [np.flatnonzero(world.agent_device != device) for device in range(VALUES[6])]
    return np.array([rng.choice(choices[int(device)]) for device in rows["device"]], dtype=np.float64)


ERRORS: Mapping[str, tuple[str, Spoil]] = {
    "price ten times": ("price", lambda rows, cells, others, rng, world: cells * rng.choice([10, 0.1], len(cells))),
    "price of another": ("price", _other("price")),
    "quantity fifty times": ("quantity", lambda rows, cells, others, rng, world: cells * 50),
    "total of another": ("total", _other("total")),
    "weight in another unit": ("weight_g", lambda rows, cells, others, rng, world: np.nan_to_num(cells, nan=500.0) * rng.choice([1000, 0.001], len(cells))),
    "negative delivery": ("delivery_days", lambda rows, cells, others, rng, world: -cells - 0.5),
    "screen of another device": ("screen_w", lambda rows, cells, others, rng, world: np.array([1920.0, 390, 390])[rows["device"].astype(int)]),
    "category of another": ("category", _other("category")),
    "brand of another": ("brand", _other("brand")),
    "currency of another": ("currency", _other("currency")),
    "device of another": ("device", _other("device")),
    "agent of another device": ("user_agent", _agent),
}


def planted(world: World, rows: Cells, seed: int) -> tuple[Cells, list[str], list[str]]:
    """Spoil one cell in each row.

    Args:
        world: Where the rows come from.
        rows: Clean rows.
        seed: Draws which cell and how.

    Returns:
        The rows, and for each the column that is wrong and the kind of error.
    """
    rng = np.random.default_rng([seed, 2])
    n, kinds = len(rows["price"]), list(ERRORS)
    drawn, order, spoiled = rng.integers(0, len(kinds), n), rng.permutation(n), {name: cells.copy() for name, cells in rows.items()}
    for i, kind in enumerate(kinds):
        column, spoil = ERRORS[kind]
        here = np.flatnonzero(drawn == i)
        mine = {name: cells[here] for name, cells in rows.items()}
        others = {name: cells[order[here]] for name, cells in rows.items()}
        spoiled[column][here] = spoil(mine, mine[column], others, rng, world)
    return spoiled, [ERRORS[kinds[i]][0] for i in drawn], [kinds[i] for i in drawn]


def frame(cells: Cells, first: str = "r") -> pl.DataFrame:
    """Build rows as the program reads them, with row ids; categories as text."""
    numbers = [pl.Series(name, cells[name]).fill_nan(None) for name in NUMBERS]
    categories = [pl.Series(name, cells[name].astype(np.int64)).cast(pl.String).alias(name) for name in CATEGORIES]
    ids = [pl.Series(ROW, [f"{first}.{i}" for i in range(len(cells["price"]))])]
    return pl.DataFrame([*numbers, *categories, *ids])
