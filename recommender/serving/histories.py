"""Look up what users have interacted with: published events, and events recorded since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import polars as pl

from recommender.data.interactions import INTERACTIONS, load_interactions
from sluice.config import Recommender as Settings
from sluice.domain import RecordedEvent
from sluice.ports import Snapshot


class HistoryStore(Protocol):
    """Give the published interactions of a user."""

    def history(self, user: str) -> pl.DataFrame:
        """Return a user's interactions, schema INTERACTIONS, in order; empty where there are none."""
        ...


@dataclass(frozen=True, slots=True)
class SnapshotHistories:
    """Read a user's history from the published rows on each call: for single answers."""

    snapshot: Snapshot
    settings: Settings

    def history(self, user: str) -> pl.DataFrame:
        """Return a user's interactions."""
        return load_interactions(self.snapshot, self.settings, user=user)


@dataclass(frozen=True, eq=False)
class InMemoryHistories:
    """Hold the histories of all users in memory, some 100 bytes per event: for many answers per second.

    Attributes:
        events: Schema INTERACTIONS, each user's rows together and in order.

    Example:
        >>> from datetime import UTC, datetime
        >>> rows = [("ann", "mug", None, datetime(2026, 3, 1, tzinfo=UTC), 1.0, True)]
        >>> histories = InMemoryHistories(pl.DataFrame(rows, schema=INTERACTIONS, orient="row"))
        >>> histories.history("ann")["item"].to_list(), histories.history("bob").height
        (['mug'], 0)
    """

    events: pl.DataFrame

    def history(self, user: str) -> pl.DataFrame:
        """Return a user's interactions."""
        first, count = self._slices.get(user, (0, 0))
        return self.events[first : first + count]

    @cached_property
    def _slices(self) -> dict[str, tuple[int, int]]:
        runs = self.events.select(pl.col("user").rle()).unnest("user")
        return {user: (last - count, count) for user, last, count in zip(runs["value"], runs["len"].cum_sum(), runs["len"], strict=True)}


def add_recorded(published: pl.DataFrame, events: Iterable[RecordedEvent], weights: Mapping[str, float]) -> pl.DataFrame:
    """Return a user's published interactions with the events that were recorded since, in order; an event in both counts once.

    Args:
        published: Interactions of the user, schema INTERACTIONS.
        events: Recorded events of the user.
        weights: Weight of each kind, as configured; kinds without one count for nothing, unless no kind has one.

    Example:
        >>> from datetime import UTC, datetime
        >>> event = RecordedEvent("ann", "mug", "view", datetime(2026, 3, 1, tzinfo=UTC))
        >>> add_recorded(pl.DataFrame(schema=INTERACTIONS), [event, event], {"view": 1.0})["item"].to_list()
        ['mug']
    """
    weighed = [(event, weights.get(event.kind or "", 0.0) if weights else 1.0) for event in events]
    rows = [(event.user, event.item, event.kind, event.time, weight, True) for event, weight in weighed if weight > 0]
    if not rows:
        return published
    both = pl.concat([published, pl.DataFrame(rows, schema=INTERACTIONS, orient="row")])
    return both.unique(["item", "kind", "time"], keep="first", maintain_order=True).sort(pl.col("weight") > 0, "ordered", "time", maintain_order=True)
