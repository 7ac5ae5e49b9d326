"""Reuse prices of another time or another item."""

from __future__ import annotations

import numpy as np
import polars as pl

from sluice.faults.injection import Injection, change_cells, sample_rows


def reuse_prices(
    rows: pl.DataFrame,
    *,
    price: str,
    by: str,
    earlier: pl.DataFrame,
    rate: float,
    seed: int,
    eligible: pl.Expr | None = None,
    min_difference: float = 0.05,
) -> Injection:
    """Give a share of the rows the price that the item had before, as a stale cache does, or else that of another row.

    Args:
        rows: Rows with `_row_id`.
        price: Column with the price.
        by: Column that names the item.
        earlier: Columns `by` and `price` of an earlier time; one row per item.
        rate: Share of the eligible rows whose earlier or other price differs.
        seed: Seed of all draws.
        eligible: Boolean expression; None makes every row eligible.
        min_difference: Smallest difference relative to the right price.
    """
    rng = np.random.default_rng(seed)
    own = rows[price]
    before = earlier.select(by, pl.col(price).alias("stale")).unique(by, keep="first")
    stale = rows.select(pl.col(by).cast(earlier.schema[by])).join(before, on=by, how="left", maintain_order="left")["stale"]
    foreign = own.gather(rng.integers(max(rows.height, 1), size=rows.height))
    wrong = pl.select(pl.when(_differs(stale, own, min_difference)).then(stale).otherwise(foreign)).to_series()
    differs = pl.lit(_differs(wrong, own, min_difference))
    where = sample_rows(rows, rate, rng, differs if eligible is None else differs & eligible)
    return change_cells(rows, "stale_price", price, where, wrong.gather(where).cast(own.dtype))


def _differs(price: pl.Series, right: pl.Series, min_difference: float) -> pl.Series:
    return ((price - right).abs() > min_difference * right.abs()).fill_null(value=False)
