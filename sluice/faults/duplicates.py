"""Duplicate records: deliveries retried, forms submitted twice, products listed under two ids."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from sluice.domain import ROW
from sluice.faults.injection import Injection, add_rows, random_keys, sample_rows, to_durations


def redeliver(rows: pl.DataFrame, *, rate: float, seed: int, eligible: pl.Expr | None = None) -> Injection:
    """Deliver a share of the rows once more, equal in every cell, as a queue with at-least-once delivery does."""
    return add_rows(rows, "redelivery", rows[sample_rows(rows, rate, np.random.default_rng(seed), eligible)])


def submit_twice(
    rows: pl.DataFrame, *, key: str, times: Sequence[str], rate: float, seed: int, eligible: pl.Expr | None = None, within: float = 2.0
) -> Injection:
    """Send a share of the rows twice within seconds under a new key, as a handler that is bound twice does.

    Args:
        rows: Rows with `_row_id`.
        key: Column that names an event.
        times: Columns that are shifted together.
        rate: Share of the eligible rows.
        seed: Seed of all draws.
        eligible: Boolean expression; None makes every row eligible.
        within: Longest gap between the two, in seconds.
    """
    rng = np.random.default_rng(seed)
    extra = rows[sample_rows(rows, rate, rng, eligible)]
    gaps = to_durations(rng.uniform(0.05, within, extra.height))
    later = [(extra[name] + gaps).alias(name) for name in times]
    return add_rows(rows, "double_submit", extra.with_columns(pl.Series(key, random_keys(extra.height, rng), dtype=pl.String), *later))


def relist(rows: pl.DataFrame, *, key: str, title: str, rate: float, seed: int, eligible: pl.Expr | None = None) -> Injection:
    """List a share of the products once more under another key, with the words of the title in another order and case.

    Args:
        rows: Rows with `_row_id`.
        key: Column that names a product.
        title: Column with its name in words.
        rate: Share of the eligible rows.
        seed: Seed of all draws.
        eligible: Boolean expression; None makes every row eligible.
    """
    rng = np.random.default_rng(seed)
    extra = rows[sample_rows(rows, rate, rng, eligible)]
    suffix = rng.permutation(9000)[: extra.height] + 1000
    keys = [f"{old}-{number}" for old, number in zip(extra[key], suffix, strict=True)]
    titles = [None if text is None else _reorder_words(text, rng) for text in extra[title]]
    return add_rows(
        rows, "duplicate_product", extra.with_columns(pl.Series(key, keys, dtype=pl.String), pl.Series(title, titles, dtype=pl.String), pl.col(ROW))
    )


def _reorder_words(text: str, rng: np.random.Generator) -> str:
    words = text.replace(",", "").split()
    turn = int(rng.integers(1, len(words))) if len(words) > 1 else 0
    return " ".join(words[turn:] + words[:turn]).capitalize()
