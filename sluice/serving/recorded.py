"""Check, store and look up the events that a shop records between two batches."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from sluice.domain import MAX_EVENT_AGE, RecordedEvent
from sluice.errors import StoreError, UsageError
from sluice.messages import make_error

MAX_LENGTH = 300  # letters of the id of a user or an item, or of a kind
MAX_EVENT_ID = 128
AWAY_SECONDS = 5.0  # for which recorded events are not read once they could not be, since each reader would wait for the database
TOLERANCE = timedelta(minutes=5)  # by which the sender's clock may be ahead


class EventLog(Protocol):
    """Store recorded events, for every worker and beyond a restart."""

    def add(self, event: RecordedEvent, *, timed: bool = True) -> None:
        """Record an event durably; one that has the id of an event that was recorded within `MAX_EVENT_AGE` is that event, sent again.

        Args:
            event: The event.
            timed: Whether its sender gave the time.

        Raises:
            UsageError: Another event has its id.
            StoreError: The event is not recorded.
        """
        ...

    def of(self, user: str) -> Sequence[RecordedEvent]:
        """Return the newest events of a user, in the order of recording.

        Raises:
            StoreError: They cannot be read.
        """
        ...

    def prune(self, snapshot: int, until: datetime) -> int:
        """Drop events that count no longer, and return their number.

        Args:
            snapshot: The newest snapshot.
            until: Time of its newest event.

        Raises:
            StoreError: None can be dropped.
        """
        ...


class RecordedReader:
    """Read recorded events for answers, which do without them for a while where they cannot be read."""

    def __init__(self, events: EventLog, timer: Callable[[], float]) -> None:
        """Read nothing yet; `timer` gives seconds from any origin."""
        self._events, self._timer, self._away_until = events, timer, -math.inf

    def of(self, user: str, snapshot: int, newest: datetime) -> list[RecordedEvent]:
        """Return the recorded events of a user that count in answers from a snapshot; none for a while after they could not be read."""
        if not user or self._timer() < self._away_until:
            return []
        try:
            return [event for event in self._events.of(user) if still_counts(event, snapshot, newest)]
        except StoreError as error:
            self._away_until = self._timer() + AWAY_SECONDS
            logging.getLogger(__name__).warning("recorded events cannot be read, so answers do without them: %s", error)
            return []


def prune(events: EventLog, snapshot: int, until: datetime) -> None:
    """Drop events that count no longer, as `EventLog.prune`; where none can be dropped, that is logged."""
    try:
        events.prune(snapshot, until)
    except StoreError as error:
        logging.getLogger(__name__).warning("recorded events that count no longer stay: %s", error)


def still_counts(event: RecordedEvent, snapshot: int, newest: datetime) -> bool:
    """Return whether an event counts in answers from a snapshot: no event at least as new was published since it was recorded.

    Example:
        >>> from datetime import UTC
        >>> event = RecordedEvent("ann", "mug", "view", datetime(2026, 3, 1, 10, tzinfo=UTC), snapshot=3)
        >>> still_counts(event, 3, datetime(2026, 3, 2, tzinfo=UTC))
        True
        >>> still_counts(event, 4, datetime(2026, 3, 2, tzinfo=UTC)), still_counts(event, 4, datetime(2026, 3, 1, tzinfo=UTC))
        (False, True)
    """
    return event.time > newest or event.snapshot >= snapshot


def require_event(user: object, item: object, kind: object, time: object, event_id: object, weights: Collection[str]) -> None:
    """Refuse an event that could count in no answer.

    Args:
        user: Id of the user.
        item: Id of the item.
        kind: Kind of event.
        time: Time of the event.
        event_id: Id of the event.
        weights: Kinds that have a weight.

    Raises:
        UsageError: User or item is no text, the kind has no weight where kinds have, or the time lacks its zone.
    """
    if not isinstance(user, str) or not isinstance(item, str):
        raise make_error(UsageError, "event_names_no_text", user=repr(user), item=repr(item))
    if not isinstance(time, datetime) or time.tzinfo is None:
        raise make_error(UsageError, "event_time_unfit", time=repr(time))
    if weights and kind not in weights:
        raise make_error(UsageError, "event_kind_unweighted", kind=repr(kind), kinds=tuple(weights))
    if not all(
        text is None or _is_storable(text, most) for text, most in ((user, MAX_LENGTH), (item, MAX_LENGTH), (kind, MAX_LENGTH), (event_id, MAX_EVENT_ID))
    ):
        raise make_error(UsageError, "event_text_unfit", letters=MAX_LENGTH, id_letters=MAX_EVENT_ID)


def require_time(time: datetime, now: datetime) -> None:
    """Refuse an event of the future, which no publication would reach, and one that is as old as those that count no longer.

    Args:
        time: Time of the event.
        now: The clock.

    Raises:
        UsageError: The time is more than `TOLERANCE` ahead of the clock, or `MAX_EVENT_AGE` or more behind it.

    Example:
        >>> from datetime import UTC
        >>> require_time(datetime(2036, 3, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC))
        Traceback (most recent call last):
        sluice.errors.UsageError: the event is of 2036-03-01T00:00:00+00:00, after the clock of the shop, 2026-03-01T00:00:00+00:00; send the time when ...
    """
    if time > now + TOLERANCE:
        raise make_error(UsageError, "event_of_future", at=time.isoformat(), now=now.isoformat())
    if time <= now - MAX_EVENT_AGE:
        raise make_error(UsageError, "event_too_old", at=time.isoformat(), days=MAX_EVENT_AGE.days)


def _is_storable(text: object, most: int) -> bool:
    """Return whether a database stores a text as it is."""
    return isinstance(text, str) and len(text) <= most and "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
