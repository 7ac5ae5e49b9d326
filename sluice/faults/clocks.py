"""Falsify times: device clocks that are hours off, events from the future, sessions stamped when they were sent."""

from __future__ import annotations

import numpy as np
import polars as pl

from sluice.faults.injection import Injection, change_cells, sample_rows, to_durations


def skew_clocks(
    rows: pl.DataFrame, *, time: str, by: str, rate: float, seed: int, eligible: pl.Expr | None = None, hours: tuple[float, float] = (1.0, 9.0)
) -> Injection:
    """Shift all times of a share of the groups by one offset per group, forwards or backwards.

    Args:
        rows: Rows with `_row_id`.
        time: Column that the device writes.
        by: Column whose groups share a device, such as the session.
        rate: Share of the groups all of whose rows are eligible.
        seed: Seed of all draws.
        eligible: Boolean expression; None makes every row eligible.
        hours: Smallest and largest offset.
    """
    rng = np.random.default_rng(seed)
    groups = _sample_groups(rows.group_by(by, maintain_order=True).agg(_all_eligible(eligible).alias("fit")), by, rate, rng)
    offsets = 3600 * rng.uniform(*hours, groups.height) * rng.choice([-1, 1], groups.height)
    hit = _members(rows, by, groups.with_columns(pl.Series("offset", offsets, dtype=pl.Float64)))
    where = hit["place"].to_list()
    return change_cells(rows, "clock_skew", time, where, rows[time].gather(where) + to_durations(hit["offset"].to_numpy()))


def date_ahead(
    rows: pl.DataFrame, *, time: str, rate: float, seed: int, eligible: pl.Expr | None = None, days: tuple[float, float] = (2.0, 400.0)
) -> Injection:
    """Date a share of the rows days ahead.

    Args:
        rows: Rows with `_row_id`.
        time: Column to shift.
        rate: Share of the eligible rows.
        seed: Seed of all draws.
        eligible: Boolean expression; None makes every row eligible.
        days: Smallest and largest shift.
    """
    rng = np.random.default_rng(seed)
    where = sample_rows(rows, rate, rng, eligible)
    return change_cells(rows, "future_timestamp", time, where, rows[time].gather(where) + to_durations(86400 * rng.uniform(*days, len(where))))


def stamp_when_sent(rows: pl.DataFrame, *, time: str, by: str, rate: float, seed: int, eligible: pl.Expr | None = None, min_events: int = 3) -> Injection:
    """Give all events of a share of the groups the whole second of the last, as a device does that records the time of sending.

    Args:
        rows: Rows with `_row_id`.
        time: Column that the device writes.
        by: Column whose groups share a device, such as the session.
        rate: Share of the groups all of whose rows are eligible.
        seed: Seed of all draws.
        eligible: Boolean expression; None makes every row eligible.
        min_events: Smallest number of events of such a group.
    """
    rng = np.random.default_rng(seed)
    fit = (_all_eligible(eligible) & (pl.len() >= min_events)).alias("fit")
    groups = rows.group_by(by, maintain_order=True).agg(fit, sent=pl.col(time).max().dt.truncate("1s"))
    hit = _members(rows, by, _sample_groups(groups, by, rate, rng))
    return change_cells(rows, "send_time_stamps", time, hit["place"].to_list(), hit["sent"])


def _all_eligible(eligible: pl.Expr | None) -> pl.Expr:
    return (pl.lit(value=True) if eligible is None else eligible).fill_null(value=False).all()


def _sample_groups(groups: pl.DataFrame, by: str, rate: float, rng: np.random.Generator) -> pl.DataFrame:
    """Return a share of the groups that are `fit` and have a name."""
    fit = groups.filter(pl.col("fit") & pl.col(by).is_not_null())
    return fit[sample_rows(fit, rate, rng)]


def _members(rows: pl.DataFrame, by: str, groups: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of some groups: their position as `place`, and the columns of their group."""
    return rows.select(by).with_row_index("place").join(groups, on=by, how="inner", maintain_order="left")
