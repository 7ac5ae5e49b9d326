"""Join clicks to what was shown, and compute the share of exposures with a click by model, with its interval. Pure."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import polars as pl

from sluice.domain.exposures import ClickRate

Z = 1.959963984540054  # quantile of the standard normal distribution for 95 %, two-sided


def wilson_interval(hits: int, trials: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927), which also holds for few trials and for shares near 0 and 1.

    Args:
        hits: Number of trials that succeeded.
        trials: Number of trials; without any the interval is everything.

    Example:
        >>> [round(end, 4) for end in wilson_interval(10, 100)]
        [0.0552, 0.1744]
        >>> wilson_interval(0, 0)
        (0.0, 1.0)
    """
    if trials == 0:
        return 0.0, 1.0
    share, weight = hits / trials, Z * Z / trials
    middle = (share + weight / 2) / (1 + weight)
    reach = Z / (1 + weight) * math.sqrt(share * (1 - share) / trials + weight / (4 * trials))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def mark_clicked(exposures: pl.DataFrame, clicks: pl.DataFrame, window: timedelta, until: datetime) -> pl.DataFrame:
    """Return the exposures whose outcome is known, each with whether its user clicked on it.

    A click counts for the newest exposure of the same item to the same user before it, once, within the window. An exposure whose window ends after the
    newest published event is left out: its clicks may not have arrived. So is one to a visitor without an id, whose clicks nobody can join.

    Args:
        exposures: Columns as in `sluice.domain.exposures.EXPOSURES`.
        clicks: Columns `user`, `item` and `time`; users as the exposures name them.
        window: How long after an exposure a click counts for it.
        until: Time of the newest published event.

    Returns:
        The exposures with a column `clicked`.
    """
    joinable = exposures.filter(pl.col("user").is_not_null()).sort("time", "number")
    before = joinable.select("user", "item", shown="time", number="number")
    # both are in order, which polars cannot check within groups
    joined = clicks.sort("time").join_asof(
        before, left_on="time", right_on="shown", by=["user", "item"], strategy="backward", tolerance=window, check_sortedness=False
    )
    clicked = joined["number"].drop_nulls().unique()
    settled = joinable.filter(pl.col("time") + window <= until)
    return settled.with_columns(clicked=pl.col("number").is_in(clicked.implode()))


def click_rates(marked: pl.DataFrame) -> list[ClickRate]:
    """Return the click-through rate of each model, the newest version first.

    The interval takes exposures for independent, although those of one list are not; decisions between models compare users instead (`rules/canary.py`).

    Args:
        marked: What `mark_clicked` returned.

    Example:
        >>> rows = {"number": [1, 2], "list": ["a", "a"], "user": ["ann", "ann"], "model": [3, 3], "clicked": [True, False]}
        >>> rate = click_rates(pl.DataFrame(rows))[0]
        >>> rate.model, rate.lists, rate.users, rate.exposures, rate.rate
        (3, 1, 1, 2, 0.5)
    """
    counts = marked.group_by("model").agg(lists=pl.col("list").n_unique(), users=pl.col("user").n_unique(), exposures=pl.len(), clicks=pl.col("clicked").sum())
    rows = counts.sort("model", descending=True).rows()
    return [ClickRate(model, lists, users, exposures, clicks, *wilson_interval(clicks, exposures)) for model, lists, users, exposures, clicks in rows]
