"""Attribute clicks and purchases to impressions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from recommender.data.sequences import Bools, Ints, Tokens, Vocabulary
from recommender.data.side_columns import context_columns, load_users, side_columns
from recommender.data.side_features import SideFeatures
from sluice.config import Recommender as Settings
from sluice.config.recommender import Funnel
from sluice.domain import ACTION, ROW, RUN
from sluice.ports import Snapshot

NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, eq=False)
class Impressions:
    """Hold items shown to users, in order of time; every array has shape (n,).

    Attributes:
        users: Rows in the histories; users without a history lie behind.
        items: Item numbers.
        times: Seconds since 1970.
        click_times: When the item was clicked, in the same seconds; NEVER where it was not. A purchase implies a click.
        purchase_times: When it was bought; NEVER where it was not.
        side: Attributes of the user and context, of `SideFeatures.encode`, shape (n, columns); None where none are read.
    """

    users: Ints
    items: Ints
    times: Ints
    click_times: Ints
    purchase_times: Ints
    side: Tokens | None = None

    def __len__(self) -> int:
        """Count the impressions."""
        return len(self.items)

    def where(self, mask: Bools) -> Impressions:
        """Return the impressions where the mask is True."""
        side = None if self.side is None else self.side[mask]
        return Impressions(self.users[mask], self.items[mask], self.times[mask], self.click_times[mask], self.purchase_times[mask], side)


def attribute_outcomes(events: pl.DataFrame, funnel: Funnel, vocabulary: Vocabulary, users: pl.Series, side: SideFeatures | None = None) -> Impressions:
    """Attribute each click and purchase to the newest earlier impression of the same item and user.

    Args:
        events: Of `read_funnel_events`.
        funnel: Names the kinds, and the attribution window.
        vocabulary: The items; impressions of other items are dropped.
        users: Those of the histories, each once and in their order.
        side: Numbers attributes of users and context; None: none are read.
    """
    impressions = events.filter(pl.col("kind") == funnel.impression).with_columns(at=pl.col("time"), place=pl.int_range(pl.len()))
    clicks = _first_outcomes(events.filter(pl.col("kind") == funnel.click), impressions, funnel, ("user", "item", "session"))
    purchases = _first_outcomes(events.filter(pl.col("kind") == funnel.purchase), impressions, funnel, ("user", "item"))
    with_clicks = impressions.join(clicks, on="place", how="left", maintain_order="left")
    joined = with_clicks.join(purchases, on="place", how="left", maintain_order="left", suffix="_purchase")
    click_time = pl.min_horizontal("first", "first_purchase")
    numbered = joined.with_columns(number=vocabulary.encode(joined["item"]), click=click_time, purchase="first_purchase")
    attributed = numbered.select("user", "time", *side_columns(joined), "number", "click", "purchase").drop_nulls("number")
    return Impressions(
        users=_number_users(attributed["user"], users),
        items=attributed["number"].to_numpy().astype(np.int64),
        times=_seconds(attributed["time"]),
        click_times=_seconds(attributed["click"]),
        purchase_times=_seconds(attributed["purchase"]),
        side=None if side is None else side.encode(attributed),
    )


def read_funnel_events(snapshot: Snapshot, settings: Settings, funnel: Funnel, runs: Sequence[str]) -> pl.DataFrame:
    """Read the published events of the funnel with a known time: `user`, `item`, `kind`, `time`, `session`, side columns, the oldest first.

    Args:
        snapshot: The published data.
        settings: Names the dataset and its columns; `kind` must be among them.
        funnel: Names the kinds.
        runs: Read only rows that these runs published.
    """
    session = pl.col(funnel.session).cast(pl.String).fill_null("") if funnel.session else pl.lit("")
    kind = pl.col(str(settings.kind)).cast(pl.String)
    rows = snapshot.published(settings.events).filter(pl.col(RUN).is_in(list(runs)) & pl.col(ACTION).ne_missing("order_unknown"))
    rows = rows.filter(kind.is_in([funnel.impression, funnel.click, funnel.purchase]))
    events = rows.select(
        user=pl.col(settings.user).cast(pl.String),
        item=pl.col(settings.item).cast(pl.String),
        kind=kind,
        time=pl.col(settings.time).cast(pl.Datetime("us", "UTC")),
        session=session,
        row=ROW,
        **context_columns(rows.collect_schema(), settings),
    )
    read, people = events.drop_nulls(["user", "item", "time"]).sort("time", "row").drop("row").collect(), load_users(snapshot, settings, runs)
    return read if people is None else read.join(people, on="user", how="left", maintain_order="left")


def _first_outcomes(outcomes: pl.DataFrame, impressions: pl.DataFrame, funnel: Funnel, by: tuple[str, ...]) -> pl.DataFrame:
    """Return impressions with an outcome: `place`, and `first`, the time of the first one."""
    before = impressions.select(*by, "at", "place")
    # both are in order, which polars cannot check within groups
    matches = outcomes.join_asof(before, left_on="time", right_on="at", by=list(by), tolerance=funnel.attribution_window, check_sortedness=False)
    return matches.drop_nulls("place").group_by("place").agg(first=pl.col("time").min())


def _number_users(names: pl.Series, users: pl.Series) -> Ints:
    numbers = pl.concat([users.cast(pl.String).rename("user"), names.rename("user")]).unique(maintain_order=True).to_frame().with_row_index("number")
    return names.rename("user").to_frame().join(numbers, on="user", maintain_order="left")["number"].to_numpy().astype(np.int64)


def _seconds(times: pl.Series) -> Ints:
    return times.dt.epoch("s").fill_null(NEVER).to_numpy().astype(np.int64)
