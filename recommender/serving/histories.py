"""What users have met: what is published, and what was told since."""

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
from sluice.config import Recommender as Config
from sluice.ports import Snapshot

NOTHING = pl.DataFrame(schema=INTERACTIONS)


class Histories(Protocol):
    """Published interactions, by user."""

    def of(self, user: str) -> pl.DataFrame:
        """A user's, schema INTERACTIONS, in order; empty where there are none."""
        ...


@dataclass(frozen=True, slots=True)
class Looked:
    """Looks each user up in the published rows: for one answer."""

    snapshot: Snapshot
    config: Config

    def of(self, user: str) -> pl.DataFrame:
        """As `Histories.of`."""
        return load_interactions(self.snapshot, self.config, user=user)


@dataclass(frozen=True, eq=False)
class Held:
    """Holds everybody's in memory, some 100 bytes an event: for many answers a second."""

    events: pl.DataFrame

    def of(self, user: str) -> pl.DataFrame:
        """As `Histories.of`."""
        first, count = self._places.get(user, (0, 0))
        return self.events[first : first + count]

    @cached_property
    def _places(self) -> dict[str, tuple[int, int]]:
        runs = self.events.select(pl.col("user").rle()).unnest("user")
        return {user: (last - count, count) for user, last, count in zip(runs["value"], runs["len"].cum_sum(), runs["len"], strict=True)}


@dataclass(frozen=True, eq=False)
class Feedback:
    """Events that were told and are not published yet; they count from the next answer on. Safe for many threads.

    Attributes:
        weights: How much each kind counts, as configured; a kind that is not among them is not kept, unless there are none.
        users: Of so many users, the latest that were told of, events are kept.
        events: So many of each.
    """

    weights: Mapping[str, float]
    users: int = 100_000
    events: int = 200
    _told: OrderedDict[str, deque[tuple[object, ...]]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def add(self, user: str, item: str, kind: str | None, time: datetime) -> None:
        """Keep one event."""
        weight = self.weights.get(kind or "", 0.0) if self.weights else 1.0
        if weight <= 0:
            return
        with self._lock:
            self._told.setdefault(user, deque(maxlen=self.events)).append((user, item, kind, time, weight, True))
            self._told.move_to_end(user)
            while len(self._told) > self.users:
                self._told.popitem(last=False)

    def after(self, published: pl.DataFrame, user: str) -> pl.DataFrame:
        """A user's published interactions and those told since, in order; what is among both counts once."""
        with self._lock:
            rows = list(self._told.get(user, ()))
        if not rows:
            return published
        both = pl.concat([published, pl.DataFrame(rows, schema=INTERACTIONS, orient="row")])
        return both.unique(["item", "kind", "time"], keep="first", maintain_order=True).sort(pl.col("weight") > 0, "ordered", "time", maintain_order=True)

    def forget(self, until: datetime) -> None:
        """Let go of events whose batch has come since: what of them was published is read from there, and what was held no longer counts."""
        with self._lock:
            for user, rows in list(self._told.items()):
                kept = [row for row in rows if row[3] > until]  # type: ignore[operator]  # the time
                if kept:
                    self._told[user] = deque(kept, maxlen=self.events)
                else:
                    del self._told[user]
