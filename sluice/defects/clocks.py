"""Clocks that are wrong: a device hours off, an event from the future, a session whose events were stamped when they were sent."""

from __future__ import annotations

import numpy as np
import polars as pl

from sluice.defects.planted import Planted, change, pick, seconds


def skew(rows: pl.DataFrame, *, time: str, by: str, rate: float, seed: int, among: pl.Expr | None = None, hours: tuple[float, float] = (1.0, 9.0)) -> Planted:
    """Shift all times of a share of the groups by one common offset, forth or back.

    Args:
        rows: Rows with `_row_id`.
        time: The column that the device writes.
        by: The column whose groups share a device, such as the session.
        rate: Share of the groups all of whose rows are eligible.
        seed: Decides all draws.
        among: Which rows are eligible.
        hours: The smallest and the largest offset.
    """
    rng = np.random.default_rng(seed)
    fit = pl.lit(value=True) if among is None else among
    groups = rows.group_by(by, maintain_order=True).agg(fit.fill_null(value=False).all().alias("fit")).filter(pl.col("fit") & pl.col(by).is_not_null())
    groups = groups[pick(groups, rate, rng)]
    offsets = rng.uniform(*hours, groups.height) * rng.choice([-1, 1], groups.height)
    shifts = dict(zip(groups[by], offsets.tolist(), strict=True))
    where = [position for position, group in enumerate(rows[by]) if group in shifts]
    moved = rows[time].gather(where) + seconds(np.array([3600 * shifts[group] for group in rows[by].gather(where)]))
    return change(rows, "clock_skew", time, where, moved)


def future(rows: pl.DataFrame, *, time: str, rate: float, seed: int, among: pl.Expr | None = None, days: tuple[float, float] = (2.0, 400.0)) -> Planted:
    """Date a share of the rows days ahead.

    Args:
        rows: Rows with `_row_id`.
        time: The column to move.
        rate: Share of the eligible rows.
        seed: Decides all draws.
        among: Which rows are eligible.
        days: The shortest and the longest way ahead.
    """
    rng = np.random.default_rng(seed)
    where = pick(rows, rate, rng, among)
    return change(rows, "future", time, where, rows[time].gather(where) + seconds(86400 * rng.uniform(*days, len(where))))


def stamped(rows: pl.DataFrame, *, time: str, by: str, rate: float, seed: int, among: pl.Expr | None = None, fewest: int = 3) -> Planted:
    """Stamp all events of a share of the groups with one whole second, that of the last: a device that notes when it sends, not when it happened.

    Args:
        rows: Rows with `_row_id`.
        time: The column that the device writes.
        by: The column whose groups share a device, such as the session.
        rate: Share of the groups all of whose rows are eligible.
        seed: Decides all draws.
        among: Which rows are eligible.
        fewest: The fewest events of such a group.
    """
    rng = np.random.default_rng(seed)
    fit = (pl.lit(value=True) if among is None else among).fill_null(value=False).all() & (pl.len() >= fewest)
    groups = rows.group_by(by, maintain_order=True).agg(fit.alias("fit"), pl.col(time).max()).filter(pl.col("fit") & pl.col(by).is_not_null())
    groups = groups[pick(groups, rate, rng)]
    sent = dict(zip(groups[by], groups[time].dt.truncate("1s"), strict=True))
    where = [position for position, group in enumerate(rows[by]) if group in sent]
    stamps = pl.Series([sent[group] for group in rows[by].gather(where)], dtype=rows.schema[time])
    return change(rows, "stamped", time, where, stamps)
