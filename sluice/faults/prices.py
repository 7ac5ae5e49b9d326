"""Prices that were right at another time, or for another thing."""

from __future__ import annotations

import numpy as np
import polars as pl

from sluice.faults.injection import Injection, change, pick


def foreign_price(
    rows: pl.DataFrame,
    *,
    price: str,
    by: str,
    old: pl.DataFrame,
    rate: float,
    seed: int,
    among: pl.Expr | None = None,
    least: float = 0.05,
) -> Injection:
    """Give a share of the rows the price that the item had before, from a cache that is stale, or else that of another row.

    Args:
        rows: Rows with `_row_id`.
        price: The column with the price.
        by: The column that names the item.
        old: The columns `by` and `price` of an earlier time; a row an item.
        rate: Share of the eligible rows whose old or other price differs.
        seed: Decides all draws.
        among: Which rows are eligible.
        least: The smallest difference, relative to the right price: below it nobody is harmed.
    """
    rng = np.random.default_rng(seed)
    own = rows[price]
    before = old.select(by, pl.col(price).alias("stale")).unique(by, keep="first")
    stale = rows.select(pl.col(by).cast(old.schema[by])).join(before, on=by, how="left", maintain_order="left")["stale"]
    other = own.gather(rng.integers(max(rows.height, 1), size=rows.height))
    wrong = pl.select(pl.when(_differs(stale, own, least)).then(stale).otherwise(other)).to_series()
    told = pl.lit(_differs(wrong, own, least))
    where = pick(rows, rate, rng, told if among is None else told & among)
    return change(rows, "foreign_price", price, where, wrong.gather(where).cast(own.dtype))


def _differs(price: pl.Series, right: pl.Series, least: float) -> pl.Series:
    return ((price - right).abs() > least * right.abs()).fill_null(value=False)
