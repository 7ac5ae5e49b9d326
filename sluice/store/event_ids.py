"""Remember the ids of recorded events as digests, so that an event counts once although it was published and dropped before it is sent again."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, delete, select

from sluice.domain import MAX_EVENT_AGE, RecordedEvent
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.rules.keyed_digests import KeyedDigests
from sluice.store.records import insert_if_new
from sluice.store.tables import EVENT_IDS

MAX_IDS = 10_000_000  # that are stored; a new one takes the place of the oldest
_IDS = EVENT_IDS.c


def is_new(connection: Connection, event: RecordedEvent, at: datetime, digests: KeyedDigests, *, timed: bool = True, limit: int = MAX_IDS) -> bool:
    """Return whether an event is to be recorded, and remember its id; False where it was recorded before, and is sent again.

    Args:
        connection: A transaction that writes.
        event: The event; one without an id is always new.
        at: When it is recorded.
        digests: Compute what is remembered of it.
        timed: Whether its sender gave the time; otherwise the time of an event that is sent again does not count.
        limit: Number of ids that are stored.

    Raises:
        UsageError: Another event has its id.
    """
    if event.id is None:
        return True
    drop_ids(connection, at - MAX_EVENT_AGE)
    number = None if _is_there(connection, event, digests) else _insert(connection, event, at, digests)  # a number is used up by an insertion that conflicts
    if number is None:
        _require_same(connection, event, digests, timed=timed)
        return False
    connection.execute(delete(EVENT_IDS).where(_IDS.number <= number - limit))
    return True


def drop_ids(connection: Connection, until: datetime) -> None:
    """Forget the ids that were recorded until then."""
    connection.execute(delete(EVENT_IDS).where(_IDS.recorded <= until))


def _is_there(connection: Connection, event: RecordedEvent, digests: KeyedDigests) -> bool:
    return connection.execute(select(_IDS.number).where(_IDS.event.in_(digests.all(event.id)))).first() is not None


def _insert(connection: Connection, event: RecordedEvent, at: datetime, digests: KeyedDigests) -> int | None:
    """Insert an id, and return its number; None where it is there, also where another worker inserts it at this moment."""
    values = {"event": digests.of(event.id), "body": digests.of(*_body(event)), "timed_body": digests.of(*_body(event), _time(event)), "recorded": at}
    return connection.execute(insert_if_new(connection, EVENT_IDS, **values).returning(_IDS.number)).scalar()


def _require_same(connection: Connection, event: RecordedEvent, digests: KeyedDigests, *, timed: bool) -> None:
    column, body = (_IDS.timed_body, digests.all(*_body(event), _time(event))) if timed else (_IDS.body, digests.all(*_body(event)))
    if connection.execute(select(_IDS.number).where(_IDS.event.in_(digests.all(event.id)), column.in_(body))).first() is None:
        raise make_error(UsageError, "event_id_used", event=event.id or "")


def _body(event: RecordedEvent) -> tuple[str | None, ...]:
    """Return what must be equal where an event is sent again; with the id in it, equal events of two ids have two digests."""
    return event.id, event.user, event.item, event.kind


def _time(event: RecordedEvent) -> str:
    return event.time.astimezone(UTC).isoformat()
