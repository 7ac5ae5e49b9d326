"""Visits that no person makes: far longer than others, and all of one kind, without a second look at anything, at a machine's pace, or beyond any tail.

A visit is what comes without a long pause, of one user and session. How long people's visits are, how often they look at a thing twice and how often they do
anything but look is read off the calmer visits of the batch: shares by a beta-binomial, since people differ; lengths by a stretched exponential through
two of their quantiles, whose tail is as heavy as the lengths at hand.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from detectors.traffic.frames import shift_within

LONGEST = 1800.0  # seconds: a longer pause begins a new visit
FEWEST = 30  # events below which a visit tells nothing
MIN_VISITS = 200  # visits, below which it is not known how long they are
BUSY = 10  # events from which a visit tells how people behave, and such visits at least
STEADY = 0.5  # (q75 - q25) / median of the pauses; 1.6 for chance arrivals
HASTY = 2.0  # seconds: nobody looks at page after page at such a median pace
CALM, MIDDLE = 0.99, 0.9  # quantiles of the lengths through which the tail goes
SPREAD = 0.02  # correlation within a visit that is assumed at least: people differ
ALIKE = 0.95  # share of a user's events of the commonest kind, below which they are no bot's but for their pace
BROAD = 0.5  # share of different items, below which one id may stand for many visitors
LONG = 0.05  # visits of people as long that are expected in the batch, below which a visit is a long one
SIGN = 0.02  # how likely a person's visit behaves so, at most
PACED = 0.01  # how likely a person's visit has a machine's pace
BEYOND = 0.01  # share of the chance that length alone, without any other sign, may be found by

Floats = NDArray[np.float64]


def find_long_visits(rows: pl.DataFrame, *, chance: float) -> pl.DataFrame:
    """Return the visits of machines: their `events`, `items`, `pace` and `score`, and the `_row_id` of each event.

    Args:
        rows: Visits of a whole batch: `_row_id`, `user`, `item`, `time` and, where known, `kind` and `session`.
        chance: How likely one may be found by chance among people alone.
    """
    events = _numbered(rows)
    visits = _described(events)
    if visits.height < MIN_VISITS:
        return events.join(visits.clear(), on="visit", how="inner").with_columns(score=pl.lit(0.0))
    lengths = visits["events"].to_numpy().astype(np.float64)
    expected = length_tail(lengths) * visits.height  # visits of people that are as long
    long = (expected < LONG) & (lengths >= FEWEST)
    calm = visits.filter(pl.Series(~long) & (pl.col("events") >= BUSY))
    sign = np.where(_machine_paced(visits, calm), PACED, _unlike_people(visits, calm))
    score = expected * sign
    beyond = (expected < BEYOND * chance) & (visits["breadth"].to_numpy() >= BROAD) & _of_one_kind(visits)
    machine = long & (((score < chance) & (sign < SIGN)) | beyond) & ~_shared(visits)
    machines = visits.with_columns(score=pl.Series(score)).filter(pl.Series(machine))
    return events.join(machines, on="visit", how="inner", maintain_order="left")


def length_tail(lengths: Floats) -> Floats:
    """Return P(a visit is at least so long): exp(-c n^k), k at most 1, through the 90th and the 99th percentile.

    Example:
        >>> bool(length_tail(np.array([1.0] * 90 + [2, 3, 3, 4, 4, 5, 5, 6, 7, 8]))[-1] < 0.05)
        True
    """
    middle, calm = (max(float(np.quantile(lengths, share)), 1.0) for share in (MIDDLE, CALM))
    steep = np.log(np.log(1 - CALM) / np.log(1 - MIDDLE)) / np.log(calm / middle) if calm > middle else 1.0
    return np.asarray(np.exp(np.log(1 - CALM) * (lengths / calm) ** min(steep, 1.0)))


def share_tail(least: NDArray[np.int64], sizes: NDArray[np.int64], calm: NDArray[np.int64], calm_sizes: NDArray[np.int64]) -> Floats:
    """Return P(at most `least` of `sizes`), where people have `calm` of `calm_sizes`; 1 where too few are known."""
    if calm_sizes.size < BUSY:
        return np.ones(sizes.size)
    mean = (calm.sum() + 0.5) / (calm_sizes.sum() + 1)
    size = calm_sizes.mean()
    within = float(np.var(calm / calm_sizes)) * size / (mean * (1 - mean))
    spread = min(max((within - 1) / (size - 1), SPREAD), 0.9)
    strength = (1 - spread) / spread
    return np.asarray(stats.betabinom.cdf(least, sizes, mean * strength, (1 - mean) * strength))


def _numbered(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the events with the number of their `visit`."""
    session = pl.col("session").fill_null("") if "session" in rows.columns else pl.lit("")
    kind = pl.col("kind") if "kind" in rows.columns else pl.lit(None, dtype=pl.String)
    named = rows.drop_nulls(["user", "time"]).select("_row_id", "item", "time", "user", kind=kind, session=session)
    ordered = named.sort("user", "session", "time", "_row_id")
    pause = pl.col("time").diff().dt.total_microseconds() / 1e6
    starts = (pl.col("user") != pl.col("user").shift()) | (pl.col("session") != pl.col("session").shift()) | (pause > LONGEST)
    return ordered.with_columns(visit=starts.fill_null(value=True).cum_sum())


def _described(events: pl.DataFrame) -> pl.DataFrame:
    """Return what each visit is like: its user, events, items, the `usual` ones of the commonest kind, and its pauses."""
    common = events["kind"].drop_nulls().mode().sort()
    gap = (pl.col("time") - shift_within("time", "visit")).dt.total_microseconds() / 1e6
    by_visit = events.with_columns(gap=gap).group_by("visit", maintain_order=True)
    described = by_visit.agg(
        pl.col("user").first(),
        events=pl.len().cast(pl.Int64),
        items=pl.col("item").n_unique().cast(pl.Int64),
        usual=(pl.col("kind") == pl.lit(common.first(), dtype=pl.String)).sum().cast(pl.Int64) if common.len() else pl.len().cast(pl.Int64),
        pace=pl.col("gap").median(),
        spread=pl.col("gap").quantile(0.75) - pl.col("gap").quantile(0.25),
    )
    return described.with_columns(breadth=pl.col("items") / pl.col("events"), steadiness=pl.col("spread") / pl.max_horizontal("pace", 1e-6))


def _machine_paced(visits: pl.DataFrame, calm: pl.DataFrame) -> NDArray[np.bool_]:
    """Return whether the pauses of each visit are equal, or far shorter than those of people."""
    common = calm["pace"].quantile(0.05)
    hasty = pl.col("pace") < (0.0 if common is None else min(HASTY, common / 2))
    return visits.select(((pl.col("steadiness") < STEADY) | hasty).fill_null(value=False)).to_series().to_numpy()


def _unlike_people(visits: pl.DataFrame, calm: pl.DataFrame) -> Floats:
    """Return how likely a person's visit of each length has as few events of another kind, or as few second looks."""
    sizes, calm_sizes = visits["events"].to_numpy(), calm["events"].to_numpy()
    tails = []
    for column in ("usual", "items"):
        others, calm_others = (frame.select(pl.col("events") - pl.col(column)).to_series().to_numpy() for frame in (visits, calm))
        tails.append(share_tail(others, sizes, calm_others, calm_sizes))
    return np.where(_of_one_kind(visits), np.minimum(1.0, len(tails) * np.minimum(*tails)), 1.0)


def _of_one_kind(visits: pl.DataFrame) -> NDArray[np.bool_]:
    """Return whether the user of each visit does hardly anything but look, in all visits: people who look at much also put some of it into their carts."""
    return visits.select(pl.col("usual").sum().over("user") >= ALIKE * pl.col("events").sum().over("user")).to_series().to_numpy()


def _shared(visits: pl.DataFrame) -> NDArray[np.bool_]:
    """Return whether many visits have the user of each: one id then stands for many visitors."""
    return visits.select(pl.len().over("user") > MIN_VISITS).to_series().to_numpy()
