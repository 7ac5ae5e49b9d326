"""The same thing twice: a delivery retried, a button that fires twice, a product under two ids."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from sluice.domain import ROW
from sluice.faults.injection import Injection, add, fresh_keys, pick, seconds


def retries(rows: pl.DataFrame, *, rate: float, seed: int, among: pl.Expr | None = None) -> Injection:
    """Deliver a share of the rows once more, equal in every cell, as a queue that delivers at least once does."""
    return add(rows, "retry", rows[pick(rows, rate, np.random.default_rng(seed), among)])


def double_fires(rows: pl.DataFrame, *, key: str, times: Sequence[str], rate: float, seed: int, among: pl.Expr | None = None, within: float = 2.0) -> Injection:
    """Send a share of the rows twice within some seconds, under a new key: a handler that is bound twice.

    Args:
        rows: Rows with `_row_id`.
        key: The column that names an event.
        times: The columns that move on together.
        rate: Share of the eligible rows.
        seed: Decides all draws.
        among: Which rows are eligible.
        within: The longest gap between the two, in seconds.
    """
    rng = np.random.default_rng(seed)
    extra = rows[pick(rows, rate, rng, among)]
    gaps = seconds(rng.uniform(0.05, within, extra.height))
    later = [(extra[name] + gaps).alias(name) for name in times]
    return add(rows, "double_fire", extra.with_columns(pl.Series(key, fresh_keys(extra.height, rng), dtype=pl.String), *later))


def twins(rows: pl.DataFrame, *, key: str, title: str, rate: float, seed: int, among: pl.Expr | None = None) -> Injection:
    """List a share of the products once more under another key, with the words of the title in another order and case.

    Args:
        rows: Rows with `_row_id`.
        key: The column that names a product.
        title: The column with its name in words.
        rate: Share of the eligible rows.
        seed: Decides all draws.
        among: Which rows are eligible.
    """
    rng = np.random.default_rng(seed)
    extra = rows[pick(rows, rate, rng, among)]
    suffix = rng.permutation(9000)[: extra.height] + 1000
    keys = [f"{old}-{number}" for old, number in zip(extra[key], suffix, strict=True)]
    titles = [None if text is None else _retitled(text, rng) for text in extra[title]]
    return add(rows, "twin", extra.with_columns(pl.Series(key, keys, dtype=pl.String), pl.Series(title, titles, dtype=pl.String), pl.col(ROW)))


def _retitled(text: str, rng: np.random.Generator) -> str:
    words = text.replace(",", "").split()
    turn = int(rng.integers(1, len(words))) if len(words) > 1 else 0
    return " ".join(words[turn:] + words[:turn]).capitalize()
