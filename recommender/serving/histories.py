"""Look up what users have interacted with: published events, and events recorded since."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from threading import Lock
from typing import Protocol

import polars as pl

from recommender.data.interactions import INTERACTIONS, load_interactions
from sluice.config import Recommender as Settings
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


@dataclass(frozen=True, eq=False)
class RecentEvents:
    """Buffer events that were recorded and are not published yet; they count from the next answer on. Safe for many threads.

    Attributes:
        weights: The weight of each kind, as configured; kinds without a weight are ignored, unless no kind has one.
        max_users: The number of users whose events are kept, those with the newest events.
        max_events: The number of events kept per user.
    """

    weights: Mapping[str, float]
    max_users: int = 100_000
    max_events: int = 200
    _events: OrderedDict[str, deque[tuple[object, ...]]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def add(self, user: str, item: str, kind: str | None, time: datetime) -> None:
        """Record one event."""
        weight = self.weights.get(kind or "", 0.0) if self.weights else 1.0
        if weight <= 0:
            return
        with self._lock:
            self._events.setdefault(user, deque(maxlen=self.max_events)).append((user, item, kind, time, weight, True))
            self._events.move_to_end(user)
            while len(self._events) > self.max_users:
                self._events.popitem(last=False)

    def append_to(self, published: pl.DataFrame, user: str) -> pl.DataFrame:
        """Return a user's published interactions and those recorded since, in order; an event in both counts once."""
        with self._lock:
            rows = list(self._events.get(user, ()))
        if not rows:
            return published
        both = pl.concat([published, pl.DataFrame(rows, schema=INTERACTIONS, orient="row")])
        return both.unique(["item", "kind", "time"], keep="first", maintain_order=True).sort(pl.col("weight") > 0, "ordered", "time", maintain_order=True)

    def discard_until(self, time: datetime) -> None:
        """Drop events up to a time: their batch has arrived since, so published rows decide what counts."""
        with self._lock:
            for user, rows in list(self._events.items()):
                newer = [row for row in rows if row[3] > time]  # type: ignore[operator]  # the time
                if newer:
                    self._events[user] = deque(newer, maxlen=self.max_events)
                else:
                    del self._events[user]
