"""Represent an event that a shop recorded for the next answers, before its batch is published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

MAX_EVENT_AGE = timedelta(days=30)  # after which a recorded event counts no longer, published or not


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """Represent what a user has just done.

    Attributes:
        user: Id of the user.
        item: Id of the item.
        kind: Kind of event, as `weights` of the configuration names it.
        time: Time of the event.
        id: Id that the sender gave it; an event that is sent twice within `MAX_EVENT_AGE` counts once. None: it has no id.
        snapshot: The newest snapshot when it was recorded.
    """

    user: str
    item: str
    kind: str | None
    time: datetime
    id: str | None = None
    snapshot: int = 0


@dataclass(frozen=True, slots=True)
class EventColumns:
    """Name the columns of the dataset whose rows recorded events announce.

    Attributes:
        dataset: Name of the dataset.
        user: Its column of users.
        item: Its column of items.
        kind: Its column of kinds; None where it has none.
    """

    dataset: str
    user: str
    item: str
    kind: str | None = None
