"""Numbers that say something else: another scale, currency, sign or way of writing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from sluice.faults.injection import Injection, change, pick, rewrite


def price_scale(rows: pl.DataFrame, *, column: str, rate: float, seed: int, among: pl.Expr | None = None, factor: float = 100.0) -> Injection:
    """Multiply a share of the prices: cents where the whole unit is meant."""
    where = pick(rows, rate, np.random.default_rng(seed), _present(column, among))
    return change(rows, "price_scale", column, where, (rows[column].gather(where) * factor).round(2))


def wrong_currency(
    rows: pl.DataFrame, *, column: str, rate: float, seed: int, among: pl.Expr | None = None, codes: Sequence[str] = ("EUR", "USD", "GBP", "CNY")
) -> Injection:
    """Label a share of the prices with another currency."""
    rng = np.random.default_rng(seed)
    where = pick(rows, rate, rng, _present(column, among))
    others = [[code for code in codes if code != old] for old in rows[column].gather(where)]
    return rewrite(rows, "wrong_currency", column, where, [other[int(rng.integers(len(other)))] for other in others])


def negative_quantity(rows: pl.DataFrame, *, column: str, rate: float, seed: int, among: pl.Expr | None = None) -> Injection:
    """Turn the sign of a share of the quantities: a return booked as a sale."""
    where = pick(rows, rate, np.random.default_rng(seed), _present(column, among))
    return change(rows, "negative_quantity", column, where, -rows[column].gather(where))


def decimal_comma(rows: pl.DataFrame, *, column: str, rate: float, seed: int, among: pl.Expr | None = None) -> Injection:
    """Write a share of the numbers as much of Europe does: 1.234,50."""
    where = pick(rows, rate, np.random.default_rng(seed), _present(column, among))
    told = [f"{number:,.2f}".translate(str.maketrans(",.", ".,")) for number in rows[column].gather(where)]
    return rewrite(rows, "decimal_comma", column, where, told)


def unit_change(rows: pl.DataFrame, *, column: str, factor: float = 0.001, rate: float = 1.0, seed: int = 0, among: pl.Expr | None = None) -> Injection:
    """Write a column, or a share of it, in another unit: a factor of .001 where kilograms stand for grams."""
    where = pick(rows, rate, np.random.default_rng(seed), _present(column, among))
    return change(rows, "unit_change", column, where, rows[column].gather(where).cast(pl.Float64) * factor)


def _present(column: str, among: pl.Expr | None) -> pl.Expr:
    present = pl.col(column).is_not_null()
    return present if among is None else present & among
