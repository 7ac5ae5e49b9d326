"""Attribute an unusual session to its events: the fewest of one kind without which it would be usual.

A visitor's session that something else was written into (a replayed log, purchases by a script) is odd by a part of it alone. What else it
holds is not to blame.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.sessions.session_features import SessionAggregator
from sluice.domain import ROW

PAUSE = 1800.0  # seconds: a longer pause ends a visit
VISITS = 6  # visits of a session that are told apart; those that follow count as the last
LONGEST = 2000  # events of a session that is looked into; a longer one is no person's
LEAST = 0.2  # share of the events that must be left: of a few events nothing is odd
ITEMS = 40  # items of a session that are looked at one by one; of one with more, the most frequent alone
USUAL_P_VALUE = 0.02  # the p-value above which what is left is a usual session
PARTS = pl.Schema({ROW: pl.String(), "part": pl.String(), "size": pl.UInt32()})

NATURES = {
    "again": "those that repeat an earlier one",
    "visit": "those of one visit",
    "aside": "those outside its longest visit",
    "kind": "those of one kind",
    "item": "those on one item",
}


@dataclass(frozen=True)
class SessionAttribution:
    """Attribute unusual sessions to parts of them.

    Attributes:
        aggregates: How events become sessions.
        p: The p-values of sessions that are told in one row each.
    """

    aggregates: SessionAggregator
    p: Callable[[pl.DataFrame], NDArray[np.float64]]

    def to_blame(self, events: pl.DataFrame) -> pl.DataFrame:
        """Return the events that make their sessions unusual, where they are not all events of the session.

        Args:
            events: All events of the odd sessions, with `_row_id`.

        Returns:
            `_row_id`, `part` (in words) and `size` (how many events of the session it has); sessions of which no part is to blame are not in it.
        """
        session = pl.col(self.aggregates.session)
        short = events.filter(pl.len().over(session) <= LONGEST).sort(session, self.aggregates.time, ROW)
        candidates = _candidates(short, self.aggregates)
        if candidates.is_empty():
            return PARTS.to_frame()
        left = candidates.filter(~pl.col("inside")).select(ROW, "trial").join(short, on=ROW, how="left", maintain_order="left")
        remainders = self.aggregates.of(left.with_columns(pl.col("trial").cast(pl.String).alias(self.aggregates.session)))
        enough = remainders.filter(pl.Series(self.p(remainders) > USUAL_P_VALUE)).select(trial=pl.col(ROW).cast(pl.UInt32))
        sufficient = candidates.filter("inside").join(enough, on="trial", how="semi")
        least = sufficient.unique("trial").sort("session", "size", "trial").unique("session", keep="first", maintain_order=True)
        return sufficient.join(least.select("trial"), on="trial", how="semi").select(*PARTS).cast(PARTS)


def _candidates(events: pl.DataFrame, aggregates: SessionAggregator) -> pl.DataFrame:
    """Return each session once per part that it may lack: `_row_id`, `session`, `trial` (its number), `part`, `inside` and `size` (of the part)."""
    events_by_part = _natures(events, aggregates)
    parts = events_by_part.unpivot(list(NATURES), index=[ROW, "session"], variable_name="nature", value_name="of").drop_nulls("of")
    sizes = parts.group_by("session", "nature", "of").agg(size=pl.len()).join(events_by_part.group_by("session").agg(events=pl.len()), on="session")
    tried = sizes.filter(pl.col("events") - pl.col("size") >= LEAST * pl.col("events")).filter(pl.col("size") < pl.col("events"))
    trials = tried.sort("session", "nature", "of").with_row_index("trial")
    every = trials.select("trial", "session", "nature", "of", "size").join(events_by_part.select(ROW, "session"), on="session")
    inside = parts.select(ROW, "nature", "of", inside=pl.lit(value=True))
    marked = every.join(inside, on=[ROW, "nature", "of"], how="left").with_columns(pl.col("inside").fill_null(value=False))
    return marked.with_columns(part=pl.col("nature").replace_strict(NATURES, return_dtype=pl.String))


def _natures(events: pl.DataFrame, aggregates: SessionAggregator) -> pl.DataFrame:
    """Return for each event and kind of part the part that it belongs to, as text; null where none."""
    done = pl.col(aggregates.kind).cast(pl.String).fill_null("") if aggregates.kind else pl.lit("")
    cells = {"session": pl.col(aggregates.session).cast(pl.String), "item": pl.col(aggregates.item).cast(pl.String), "kind": done}
    plain = events.select(ROW, *(cell.alias(name) for name, cell in cells.items()), aggregates.moments(events).alias("time"))
    pause = pl.col("time").diff().over("session").dt.total_microseconds() / 1e6 > PAUSE
    visit = pause.fill_null(value=False).cum_sum().over("session").clip(upper_bound=VISITS - 1)
    looked_at = (pl.col("item").n_unique().over("session") <= ITEMS) | (pl.col("item") == pl.col("item").mode().sort().first().over("session"))
    with_visits = plain.with_columns(visit=visit).with_columns(
        of_visit=pl.len().over("session", "visit"), repeated=pl.int_range(pl.len()).over("session", "item", "kind") > 0
    )
    longest = pl.col("visit").sort_by("of_visit", "visit", descending=[True, False]).first().over("session")
    return with_visits.select(
        ROW,
        "session",
        kind="kind",
        item=pl.when(looked_at).then("item"),
        visit=pl.col("visit").cast(pl.String),
        aside=pl.when(pl.col("visit") != longest).then(pl.lit("")),
        again=pl.when("repeated").then(pl.lit("")),
    )
