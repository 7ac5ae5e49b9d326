"""Clocks that are wrong: a device hours off, an event from the future, a session whose events were stamped when they were sent."""

from __future__ import annotations

import numpy as np
import polars as pl

from sluice.faults.injection import Injection, change, pick, seconds


def skew(rows: pl.DataFrame, *, time: str, by: str, rate: float, seed: int, among: pl.Expr | None = None, hours: tuple[float, float] = (1.0, 9.0)) -> Injection:
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
    groups = _drawn(rows.group_by(by, maintain_order=True).agg(_all(among).alias("fit")), by, rate, rng)
    offsets = 3600 * rng.uniform(*hours, groups.height) * rng.choice([-1, 1], groups.height)
    hit = _members(rows, by, groups.with_columns(pl.Series("offset", offsets, dtype=pl.Float64)))
    where = hit["place"].to_list()
    return change(rows, "clock_skew", time, where, rows[time].gather(where) + seconds(hit["offset"].to_numpy()))


def future(rows: pl.DataFrame, *, time: str, rate: float, seed: int, among: pl.Expr | None = None, days: tuple[float, float] = (2.0, 400.0)) -> Injection:
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


def stamped(rows: pl.DataFrame, *, time: str, by: str, rate: float, seed: int, among: pl.Expr | None = None, fewest: int = 3) -> Injection:
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
    each = rows.group_by(by, maintain_order=True).agg((_all(among) & (pl.len() >= fewest)).alias("fit"), sent=pl.col(time).max().dt.truncate("1s"))
    hit = _members(rows, by, _drawn(each, by, rate, rng))
    return change(rows, "stamped", time, hit["place"].to_list(), hit["sent"])


def _all(among: pl.Expr | None) -> pl.Expr:
    """Whether all rows of a group are eligible."""
    return (pl.lit(value=True) if among is None else among).fill_null(value=False).all()


def _drawn(groups: pl.DataFrame, by: str, rate: float, rng: np.random.Generator) -> pl.DataFrame:
    """A share of the groups that are `fit` and have a name."""
    fit = groups.filter(pl.col("fit") & pl.col(by).is_not_null())
    return fit[pick(fit, rate, rng)]


def _members(rows: pl.DataFrame, by: str, groups: pl.DataFrame) -> pl.DataFrame:
    """The rows of some groups: their `place`, and what is known of their group."""
    return rows.select(by).with_row_index("place").join(groups, on=by, how="inner", maintain_order="left")
