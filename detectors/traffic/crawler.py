"""Crawlers: far more events than people make, at the pace of a machine or over more items than people look at.

How many is far more is read off the batch: the counts of its users follow a negative binomial (people differ in how busy they are),
fitted to the calmer users, so that a crawler cannot raise its own limit. Busy people exist; so behaviour must speak too. A single visit is compared with
other visits as well (`long_visits`), since busy people come often and bots stay long.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from detectors.traffic.frames import FINDINGS, make_findings, shift_within
from detectors.traffic.long_visits import find_long_visits
from sluice.domain import Message, message_column

NAME, NEEDS = "crawler", ("user", "item", "time")
MESSAGE = Message.of("traffic_crawler")
CALM = 0.99  # share of the users that the counts are learned from
FEWEST = 30  # events below which neither pace nor breadth tells a machine, and users below which nothing can be learned
STEADY = 0.5  # (q75 - q25) / median of the gaps between events: 1.6 for chance arrivals, more for people, far less for a timer
HASTY = 1.0  # seconds: nobody looks at page after page at such a median pace
ALIKE = 0.95  # share of events of one kind: people who look at much also put some of it into their carts
BROAD = 0.8  # share of events on an item that was not looked at before


def find_crawlers(rows: pl.DataFrame, *, chance: float) -> pl.DataFrame:
    """Find the events of crawlers.

    Args:
        rows: Visits of a whole batch, sorted by user and time: `_row_id`, `user`, `item`, `time` and, where known, `kind`.
        chance: How likely one crawler may be found by chance among people alone.
    """
    return pl.concat([_by_user(rows, chance), _by_visit(rows, chance)]).unique("_row_id", keep="first", maintain_order=True)


def _by_visit(rows: pl.DataFrame, chance: float) -> pl.DataFrame:
    long = find_long_visits(rows, chance=chance)
    return make_findings(long, pl.col("score"), _message())


def _by_user(rows: pl.DataFrame, chance: float) -> pl.DataFrame:
    users = _behaviour(rows.filter(pl.col("user").is_not_null()))
    if users.height < FEWEST:
        return FINDINGS.to_frame()
    scored = users.with_columns(score=_tail(users["events"].to_numpy()))
    suspect = (pl.col("score") * users.height < chance) & (pl.col("events") >= FEWEST)
    typical_breadth = scored.filter(~suspect & (pl.col("events") >= FEWEST // 3))["breadth"].quantile(CALM, "higher")
    broad = (pl.col("breadth") >= BROAD) & (pl.col("breadth") > (typical_breadth or 0.0)) & (pl.col("alike").fill_null(1.0) >= ALIKE)
    machine = (pl.col("steadiness") < STEADY) | (pl.col("pace") < HASTY) | broad
    crawlers = scored.filter(suspect & machine.fill_null(value=False))
    return make_findings(rows.join(crawlers, on="user", how="inner"), pl.col("score"), _message())


def _message() -> pl.Expr:
    pace = pl.col("pace").round(1).cast(pl.String).fill_null("?")
    return message_column("event_of_crawler", events=pl.col("events"), items=pl.col("items"), pace=pace)


def _behaviour(rows: pl.DataFrame) -> pl.DataFrame:
    """Summarise each user: events, items, breadth, how `alike` its kinds of events are, median (`pace`) and relative spread (`steadiness`) of its gaps."""
    gap = (pl.col("time") - shift_within("time", "user")).dt.total_microseconds() / 1e6
    kinds = rows if "kind" in rows.columns else rows.with_columns(kind=pl.lit(None, dtype=pl.String))
    by_user = kinds.with_columns(gap=gap).group_by("user", maintain_order=True)
    counted = by_user.agg(
        events=pl.len(),
        items=pl.col("item").n_unique(),
        pace=pl.col("gap").median(),
        alike=pl.col("kind").drop_nulls().unique_counts().max() / pl.len(),
        spread=pl.col("gap").quantile(0.75) - pl.col("gap").quantile(0.25),
    )
    return counted.with_columns(breadth=pl.col("items") / pl.col("events"), steadiness=pl.col("spread") / pl.max_horizontal("pace", 1e-6))


def _tail(counts: NDArray[np.uint32]) -> NDArray[np.float64]:
    """P(a person makes at least so many events), by a negative binomial whose moments are those of the calmer users."""
    above = counts.astype(np.float64) - 1  # a user that is seen made at least one
    calm = above[above <= np.quantile(above, CALM)]
    mean, variance = max(float(calm.mean()), 1e-3), float(calm.var())
    if variance <= mean:
        return np.asarray(stats.poisson.sf(above - 1, mean))
    return np.asarray(stats.nbinom.sf(above - 1, mean**2 / (variance - mean), mean / variance))
