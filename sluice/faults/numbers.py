"""Falsify numbers: another scale, currency, sign, unit or notation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from sluice.faults.injection import Injection, change_cells, rewrite_cells, sample_rows


def scale_prices(rows: pl.DataFrame, *, column: str, rate: float, seed: int, eligible: pl.Expr | None = None, factor: float = 100.0) -> Injection:
    """Multiply a share of the prices, as a shop does that writes cents for whole units."""
    where = sample_rows(rows, rate, np.random.default_rng(seed), _present(column, eligible))
    return change_cells(rows, "price_scale", column, where, (rows[column].gather(where) * factor).round(2))


def change_currency(
    rows: pl.DataFrame, *, column: str, rate: float, seed: int, eligible: pl.Expr | None = None, codes: Sequence[str] = ("EUR", "USD", "GBP", "CNY")
) -> Injection:
    """Label a share of the prices with another currency."""
    rng = np.random.default_rng(seed)
    where = sample_rows(rows, rate, rng, _present(column, eligible))
    choices = [[code for code in codes if code != old] for old in rows[column].gather(where)]
    return rewrite_cells(rows, "wrong_currency", column, where, [choice[int(rng.integers(len(choice)))] for choice in choices])


def negate_quantities(rows: pl.DataFrame, *, column: str, rate: float, seed: int, eligible: pl.Expr | None = None) -> Injection:
    """Change the sign of a share of the quantities, as a return booked as a sale does."""
    where = sample_rows(rows, rate, np.random.default_rng(seed), _present(column, eligible))
    return change_cells(rows, "negative_quantity", column, where, -rows[column].gather(where))


def write_decimal_commas(rows: pl.DataFrame, *, column: str, rate: float, seed: int, eligible: pl.Expr | None = None) -> Injection:
    """Write a share of the numbers in the notation of much of Europe: 1.234,50."""
    where = sample_rows(rows, rate, np.random.default_rng(seed), _present(column, eligible))
    texts = [f"{number:,.2f}".translate(str.maketrans(",.", ".,")) for number in rows[column].gather(where)]
    return rewrite_cells(rows, "decimal_comma", column, where, texts)


def change_unit(rows: pl.DataFrame, *, column: str, factor: float = 0.001, rate: float = 1.0, seed: int = 0, eligible: pl.Expr | None = None) -> Injection:
    """Write a column, or a share of it, in another unit: a factor of .001 where kilograms replace grams."""
    where = sample_rows(rows, rate, np.random.default_rng(seed), _present(column, eligible))
    return change_cells(rows, "unit_change", column, where, rows[column].gather(where).cast(pl.Float64) * factor)


def _present(column: str, eligible: pl.Expr | None) -> pl.Expr:
    present = pl.col(column).is_not_null()
    return present if eligible is None else present & eligible
