"""Log the lists of items that shoppers were shown, one row for each item, for as long as the shop wants to compare models by them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

import polars as pl
from sqlalchemy import ColumnElement, delete, func, insert, select

from sluice.domain.exposures import EXPOSURES as SCHEMA
from sluice.domain.exposures import ShownList
from sluice.rules.pseudonyms import key_of_user
from sluice.store.database import Database
from sluice.store.tables import EXPOSURES

MAX_ID = 300  # letters of the id of a user or an item that are stored
MAX_PLACE = 100
_COLUMNS = EXPOSURES.c


class ExposureLog:
    """Add, read and drop them."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        """Keep the database; `clock` says what is too old."""
        self._database, self._clock = database, clock

    def add(self, lists: Sequence[ShownList]) -> None:
        """Log lists, in one transaction.

        Raises:
            StoreError: The database does not answer; nothing is logged.
        """
        rows = [row for exposed in lists for row in _rows(exposed)]
        if rows:
            with self._database.write() as connection:
                connection.execute(insert(EXPOSURES), rows)

    def since(self, time: datetime, *, without_places: Collection[str] = ()) -> pl.DataFrame:
        """Return the exposures from a time on, columns as in `sluice.domain.exposures.EXPOSURES`.

        Args:
            time: The oldest to return.
            without_places: Leave out what was shown there.
        """
        columns = [_COLUMNS[name] for name in SCHEMA]
        query = select(*columns).where(_COLUMNS.time >= time, _COLUMNS.place.not_in(without_places)).order_by(_COLUMNS.number)
        with self._database.read() as connection:
            return pl.DataFrame([tuple(row) for row in connection.execute(query)], schema=dict(SCHEMA), orient="row")

    def keys(self) -> dict[str, int]:
        """Return the number of rows by the key under which they name users; names of an earlier version tell none."""
        query = select(_COLUMNS.user, func.count()).where(_COLUMNS.user.startswith("user-")).group_by(_COLUMNS.user)
        counts: Counter[str] = Counter()
        with self._database.read() as connection:
            for name, rows in connection.execute(query):
                if label := key_of_user(name):
                    counts[label] += rows
        return dict(counts)

    def expire(self, retention: timedelta, *, dry_run: bool = False) -> int:
        """Drop what is older than a time, and return the number of rows; with `dry_run` they stay."""
        old = self._older_than(retention)
        if not dry_run:
            with self._database.write() as connection:
                return connection.execute(delete(EXPOSURES).where(old)).rowcount
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(EXPOSURES).where(old)).scalar_one()

    def _older_than(self, retention: timedelta) -> ColumnElement[bool]:
        return _COLUMNS.time <= self._clock() - retention


def _rows(exposed: ShownList) -> list[dict[str, object]]:
    list_of = {"list": exposed.id, "time": exposed.time, "user": exposed.user and _storable(exposed.user, MAX_ID), "place": _storable(exposed.place, MAX_PLACE)}
    return [{**list_of, "model": exposed.model, "item": _storable(item, MAX_ID), "position": at} for at, item in enumerate(exposed.items, start=1)]


def _storable(text: str, most: int) -> str:
    """Return a text as both databases store it."""
    return text.encode("utf-8", "replace").decode().replace("\x00", " ")[:most]
