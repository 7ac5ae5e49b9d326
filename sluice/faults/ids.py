"""Names that point to the wrong thing: an item that nobody knows, another person's account."""

from __future__ import annotations

import numpy as np
import polars as pl

from sluice.faults.injection import TRUTH, Injection, change, pick


def orphans(rows: pl.DataFrame, *, strangers: pl.DataFrame, rate: float, seed: int, among: pl.Expr | None = None) -> Injection:
    """Point a share of the rows to things that the other dataset does not hold (yet).

    Args:
        rows: Rows with `_row_id`.
        strangers: One row an unknown thing: the cells to take over from it, its id among them.
        rate: Share of the eligible rows.
        seed: Decides all draws.
        among: Which rows are eligible.
    """
    rng = np.random.default_rng(seed)
    where = pick(rows, rate, rng, among) if strangers.height else []
    drawn = strangers[rng.integers(max(strangers.height, 1), size=len(where))]
    truths = [TRUTH.to_frame()]
    for name in strangers.columns:
        planted = change(rows, "orphan", name, where, drawn[name].cast(rows.schema[name]))
        rows = planted.rows
        truths.append(planted.truth)
    return Injection(rows, pl.concat(truths))


def wrong_user(rows: pl.DataFrame, *, column: str, rate: float, seed: int, among: pl.Expr | None = None) -> Injection:
    """Put a share of the events on somebody else's account: a shared device, a session that was not ended."""
    rng = np.random.default_rng(seed)
    where = pick(rows, rate, rng, among)
    return change(rows, "wrong_user", column, where, rows[column].gather(rng.integers(max(rows.height, 1), size=len(where))))
