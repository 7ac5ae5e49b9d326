"""What was shown to whom, and what came of it: the space on which clicks and purchases are learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from recommender.data.sequences import Bools, Ints, Vocabulary
from sluice.config import Recommender
from sluice.config.recommender import Funnel
from sluice.domain import ACTION, ROW, RUN
from sluice.ports import Snapshot

NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, eq=False)
class Impressions:
    """Items shown to users, in the order of time; every array has shape (n,).

    Attributes:
        users: Numbers of users: their place among those of the histories; that of a user without a history lies behind.
        items: Item numbers.
        times: Seconds since 1970.
        clicked_at: When it was clicked, in the same seconds; NEVER where it was not. What was bought was clicked.
        bought_at: When it was bought; NEVER where it was not.
    """

    users: Ints
    items: Ints
    times: Ints
    clicked_at: Ints
    bought_at: Ints

    def __len__(self) -> int:
        """How many there are."""
        return len(self.items)

    def where(self, mask: Bools) -> Impressions:
        """Some of them."""
        return Impressions(self.users[mask], self.items[mask], self.times[mask], self.clicked_at[mask], self.bought_at[mask])


def impressions(rows: pl.DataFrame, funnel: Funnel, vocabulary: Vocabulary, users: pl.Series) -> Impressions:
    """Give each click and purchase to the newest impression of the same item and user before it.

    Args:
        rows: Of `funnel_rows`.
        funnel: Names the kinds, and how long an impression may wait for them.
        vocabulary: The items; impressions of others are left out.
        users: Those of the histories, each once and in their order.
    """
    shown = rows.filter(pl.col("kind") == funnel.shown).with_columns(at=pl.col("time"), place=pl.int_range(pl.len()))
    clicked = _attributed(rows.filter(pl.col("kind") == funnel.clicked), shown, funnel, ("user", "item", "session"))
    bought = _attributed(rows.filter(pl.col("kind") == funnel.bought), shown, funnel, ("user", "item"))
    joined = shown.join(clicked, on="place", how="left", maintain_order="left").join(bought, on="place", how="left", maintain_order="left", suffix="_bought")
    known = joined.select("user", "time", number=vocabulary.encode(joined["item"]), clicked=pl.min_horizontal("first", "first_bought"), bought="first_bought")
    known = known.drop_nulls("number")
    return Impressions(
        users=_numbered(known["user"], users),
        items=known["number"].to_numpy().astype(np.int64),
        times=_seconds(known["time"]),
        clicked_at=_seconds(known["clicked"]),
        bought_at=_seconds(known["bought"]),
    )


def funnel_rows(snapshot: Snapshot, config: Recommender, funnel: Funnel, runs: Sequence[str]) -> pl.DataFrame:
    """The published events of the funnel whose time is known: `user`, `item`, `kind`, `time`, `session`, the oldest first.

    Args:
        snapshot: What was published.
        config: Names the dataset and its columns; `kind` must be among them.
        funnel: Names the kinds.
        runs: Only rows that these runs published.
    """
    session = pl.col(funnel.session).cast(pl.String).fill_null("") if funnel.session else pl.lit("")
    kind = pl.col(str(config.kind)).cast(pl.String)
    rows = snapshot.published(config.events).filter(pl.col(RUN).is_in(list(runs)) & pl.col(ACTION).ne_missing("order_unknown"))
    rows = rows.filter(kind.is_in([funnel.shown, funnel.clicked, funnel.bought]))
    named = rows.select(
        user=pl.col(config.user).cast(pl.String),
        item=pl.col(config.item).cast(pl.String),
        kind=kind,
        time=pl.col(config.time).cast(pl.Datetime("us", "UTC")),
        session=session,
        row=ROW,
    )
    return named.drop_nulls(["user", "item", "time"]).sort("time", "row").drop("row").collect()


def _attributed(outcomes: pl.DataFrame, shown: pl.DataFrame, funnel: Funnel, by: tuple[str, ...]) -> pl.DataFrame:
    """The impressions that came to something: `place`, and `first`, when it did so first."""
    before = shown.select(*by, "at", "place")
    # both are in order, which polars cannot check within groups
    found = outcomes.join_asof(before, left_on="time", right_on="at", by=list(by), tolerance=funnel.within, check_sortedness=False)
    return found.drop_nulls("place").group_by("place").agg(first=pl.col("time").min())


def _numbered(asked: pl.Series, users: pl.Series) -> Ints:
    names = pl.concat([users.cast(pl.String).rename("user"), asked.rename("user")]).unique(maintain_order=True).to_frame().with_row_index("number")
    return asked.rename("user").to_frame().join(names, on="user", maintain_order="left")["number"].to_numpy().astype(np.int64)


def _seconds(times: pl.Series) -> Ints:
    return times.dt.epoch("s").fill_null(NEVER).to_numpy().astype(np.int64)
