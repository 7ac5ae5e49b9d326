"""Falsify identifiers: items that are not in the catalog, another person's account."""

from __future__ import annotations

import numpy as np
import polars as pl

from sluice.faults.injection import TRUTH, Injection, change_cells, sample_rows


def orphan_references(rows: pl.DataFrame, *, unknown: pl.DataFrame, rate: float, seed: int, eligible: pl.Expr | None = None) -> Injection:
    """Point a share of the rows to records that the other dataset does not hold (yet).

    Args:
        rows: Rows with `_row_id`.
        unknown: One row per unknown record: the cells to take over from it, its id among them.
        rate: Share of the eligible rows.
        seed: Seed of all draws.
        eligible: Boolean expression; None makes every row eligible.
    """
    rng = np.random.default_rng(seed)
    where = sample_rows(rows, rate, rng, eligible) if unknown.height else []
    drawn = unknown[rng.integers(max(unknown.height, 1), size=len(where))]
    truths = [TRUTH.to_frame()]
    for name in unknown.columns:
        changed = change_cells(rows, "orphan_reference", name, where, drawn[name].cast(rows.schema[name]))
        rows = changed.rows
        truths.append(changed.truth)
    return Injection(rows, pl.concat(truths))


def swap_users(rows: pl.DataFrame, *, column: str, rate: float, seed: int, eligible: pl.Expr | None = None) -> Injection:
    """Record a share of the events on another user's account, as shared devices and open sessions do."""
    rng = np.random.default_rng(seed)
    where = sample_rows(rows, rate, rng, eligible)
    return change_cells(rows, "wrong_user", column, where, rows[column].gather(rng.integers(max(rows.height, 1), size=len(where))))
