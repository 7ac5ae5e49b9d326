"""Record the events that a shop posts between two batches, so that a restart loses none and every worker answers with them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, func, insert, select

from sluice.domain import MAX_EVENT_AGE, RecordedEvent
from sluice.rules.keyed_digests import KeyedDigests
from sluice.store.database import Database
from sluice.store.event_ids import drop_ids, is_new
from sluice.store.runs import newest
from sluice.store.tables import RECORDED_EVENTS

MAX_EVENTS = 1_000_000  # that are stored; a new one takes the place of the oldest
MAX_OF_USER = 200  # the newest ones, that count in an answer
GRACE = timedelta(hours=1)  # for which an event stays once its batch is published: other workers answer from the former snapshot, and a sender tries again
EMPTY_SECONDS = 1.0  # for which answers are not slowed down where nobody records events
COMMIT_SECONDS = 60.0  # within which an event that was added here is committed: until then its sender may ask, and the database is read
_EVENTS = RECORDED_EVENTS.c
_ANY = select(_EVENTS.number).limit(1)
_OF_USER = (  # built once: each answer to a user asks it
    select(RECORDED_EVENTS).where(_EVENTS.user == bindparam("user"), _EVENTS.recorded > bindparam("oldest")).order_by(_EVENTS.number.desc()).limit(MAX_OF_USER)
)


class RecordedEvents:
    """Add, look up and drop them."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        *,
        limit: int = MAX_EVENTS,
        timer: Callable[[], float] = time.monotonic,
        digests: KeyedDigests | None = None,
    ) -> None:
        """Read nothing yet.

        Args:
            database: The records.
            clock: Dates records.
            limit: Number of events that are stored.
            timer: Seconds that pass, from any origin.
            digests: Compute digests of ids; without a key unless given.
        """
        self._database, self._clock, self._limit, self._timer = database, clock, limit, timer
        self._digests = digests or KeyedDigests()
        self._added = self._empty_until = -math.inf

    def add(self, event: RecordedEvent, *, timed: bool = True) -> None:
        """Record an event durably; one that has the id of an event that was recorded within `MAX_EVENT_AGE` is that event, sent again.

        This also holds once the event itself is published and dropped.

        Args:
            event: The event.
            timed: Whether its sender gave the time; otherwise the time of an event that is sent again does not count.

        Raises:
            UsageError: Another event has its id.
            StoreError: The database does not answer.
        """
        self._added = self._timer()
        with self._database.write() as connection:
            at = self._clock()
            if is_new(connection, event, at, self._digests, timed=timed):
                number = _insert(connection, event, at)
                connection.execute(delete(RECORDED_EVENTS).where(_EVENTS.number <= number - self._limit))

    def of(self, user: str) -> Sequence[RecordedEvent]:
        """Return the newest events of a user, in the order of recording; where nobody has any, the database is read once a second."""
        began = self._timer()
        if began < self._empty_until and began - self._added > COMMIT_SECONDS:
            return []
        with self._database.read() as connection:
            rows = connection.execute(_OF_USER, {"user": user, "oldest": self._clock() - MAX_EVENT_AGE}).all()
            if not rows and connection.execute(_ANY).first() is None:
                self._empty_until = began + EMPTY_SECONDS
        return [_to_event(row) for row in reversed(rows)]

    def prune(self, snapshot: int, until: datetime) -> int:
        """Drop events that count no longer, and return their number.

        Args:
            snapshot: The newest snapshot.
            until: Time of its newest event.
        """
        published = (_EVENTS.time <= until) & (_EVENTS.snapshot < snapshot) & (_EVENTS.recorded <= self._clock() - GRACE)
        return self._delete(published | self._is_expired())

    def expire(self, *, dry_run: bool = False) -> int:
        """Drop the events that are older than `MAX_EVENT_AGE`, and return their number; with `dry_run` they stay."""
        if not dry_run:
            return self._delete(self._is_expired())
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(RECORDED_EVENTS).where(self._is_expired())).scalar_one()

    def _delete(self, which: ColumnElement[bool]) -> int:
        """Drop events, and the ids that are as old as those that count no longer."""
        with self._database.write() as connection:
            drop_ids(connection, self._clock() - MAX_EVENT_AGE)
            return connection.execute(delete(RECORDED_EVENTS).where(which)).rowcount

    def _is_expired(self) -> ColumnElement[bool]:
        return _EVENTS.recorded <= self._clock() - MAX_EVENT_AGE


def _insert(connection: Connection, event: RecordedEvent, at: datetime) -> int:
    """Insert an event, and return its number; an expired one that had its id leaves."""
    if event.id is not None:
        connection.execute(delete(RECORDED_EVENTS).where(_EVENTS.event == event.id))
    values = {"event": event.id, "user": event.user, "item": event.item, "kind": event.kind, "time": event.time}
    query = insert(RECORDED_EVENTS).values(**values, recorded=at, snapshot=newest(connection)).returning(_EVENTS.number)
    return int(connection.execute(query).scalar_one())


def _to_event(row: Row[Any]) -> RecordedEvent:
    return RecordedEvent(row.user, row.item, row.kind, row.time, row.event, row.snapshot)
