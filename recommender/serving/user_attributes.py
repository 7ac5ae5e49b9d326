"""Look up attributes of users: in memory, or in the published rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from recommender.data.side_columns import load_users, side_columns
from sluice.config import Recommender as Settings
from sluice.ports import Snapshot


class UserAttributes(Protocol):
    """Give the attributes of users."""

    def of(self, user: str) -> Mapping[str, object]:
        """Return the attributes of a user by prefixed names of side columns; none where they are not known."""
        ...

    def all(self) -> pl.DataFrame | None:
        """Return those of all users, of `load_users`; None where none are configured or published."""
        ...


@dataclass(frozen=True, slots=True)
class SnapshotAttributes:
    """Read a user's attributes from the published rows on each call: for single answers."""

    snapshot: Snapshot
    settings: Settings

    def of(self, user: str) -> Mapping[str, object]:
        """Return the attributes of a user."""
        rows = load_users(self.snapshot, self.settings, user=user)
        return {} if rows is None else _first(rows)

    def all(self) -> pl.DataFrame | None:
        """Return those of all users."""
        return load_users(self.snapshot, self.settings)


class InMemoryAttributes:
    """Hold the attributes of all users in memory, for many answers.

    Example:
        >>> rows = pl.DataFrame({"user": ["bob", "ann"], "user.age": [40.0, 30.0]})
        >>> InMemoryAttributes(rows).of("ann"), InMemoryAttributes(rows).of("eve")
        ({'user.age': 30.0}, {})
    """

    def __init__(self, users: pl.DataFrame | None) -> None:
        """Sort the rows of `load_users`; None: nothing is known of anybody."""
        self._users = None if users is None else users.sort("user")

    def of(self, user: str) -> Mapping[str, object]:
        """Return the attributes of a user."""
        if self._users is None:
            return {}
        place = self._users["user"].search_sorted(user)
        rows = self._users[place : place + 1]
        return _first(rows) if rows.height and rows["user"][0] == user else {}

    def all(self) -> pl.DataFrame | None:
        """Return those of all users."""
        return self._users


def _first(rows: pl.DataFrame) -> Mapping[str, object]:
    return {name: rows[name][0] for name in side_columns(rows)} if rows.height else {}
