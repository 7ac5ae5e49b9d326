"""Log the lists of items that shoppers were shown, one row for each item, for as long as the shop wants to compare models by them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

import polars as pl
from sqlalchemy import ColumnElement, String, delete, func, insert, select, type_coerce

from sluice.domain.exposures import EXPOSURES as SCHEMA
from sluice.domain.exposures import ShownList
from sluice.rules.pseudonyms import key_of_user
from sluice.store.database import Database
from sluice.store.tables import EXPOSURES

MAX_ID = 300  # letters of the id of a user or an item that are stored
MAX_PLACE = 100
PART = 100_000  # rows that are read at once
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
        columns = [type_coerce(_COLUMNS.time, String) if name == "time" else _COLUMNS[name] for name in SCHEMA]  # read by columns: a time as it is stored
        query = select(*columns).where(_COLUMNS.time >= time, _COLUMNS.place.not_in(without_places)).order_by(_COLUMNS.number)
        with self._database.read() as connection:
            parts = [_frame(list(zip(*rows, strict=True))) for rows in connection.execute(query).partitions(PART)]
        return pl.concat([pl.DataFrame(schema=dict(SCHEMA)), *parts])

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


def _frame(columns: Sequence[Sequence[object]]) -> pl.DataFrame:
    """Return rows that were read as a frame; SQLite stores times as text in UTC."""
    schema = dict(SCHEMA)
    named = dict(zip(schema, columns, strict=True))
    times = pl.Series("time", named.pop("time"))
    read = times.str.to_datetime(time_unit="us", time_zone="UTC") if times.dtype == pl.String else times.dt.convert_time_zone("UTC")
    frame = pl.DataFrame(named, schema={name: schema[name] for name in named})
    return frame.with_columns(read.cast(schema["time"]).alias("time")).select(list(schema))


def _rows(exposed: ShownList) -> list[dict[str, object]]:
    list_of = {"list": exposed.id, "time": exposed.time, "user": exposed.user and _storable(exposed.user, MAX_ID), "place": _storable(exposed.place, MAX_PLACE)}
    return [{**list_of, "model": exposed.model, "item": _storable(item, MAX_ID), "position": at} for at, item in enumerate(exposed.items, start=1)]


def _storable(text: str, most: int) -> str:
    """Return a text as both databases store it."""
    return text.encode("utf-8", "replace").decode().replace("\x00", " ")[:most]
