"""Record events of a shop's people, but for those who were forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sluice.config import Config
from sluice.domain import EventColumns, RecordedEvent
from sluice.errors import SluiceError, UsageError
from sluice.messages import error_message, make_error
from sluice.store import SqlStore
from sluice.wiring.recommender import settings_of
from sluice.wiring.suppression import suppression_list


def event_columns(config: Config) -> EventColumns | None:
    """Return which columns recorded events announce rows of; None where no recommender is configured."""
    settings = config.recommender
    return None if settings is None else EventColumns(settings.events, settings.user, settings.item, settings.kind)


@dataclass(frozen=True, slots=True)
class EventsOfShop:
    """Store recorded events; those of a person who was forgotten are not stored.

    Attributes:
        config: The configuration.
        store: The records.
    """

    config: Config
    store: SqlStore

    def add(self, event: RecordedEvent, *, timed: bool = True) -> None:
        """Record an event durably; see `RecordedEvents.add`.

        Raises:
            UsageError: Another event has its id.
            StoreError: The database does not answer.
            SluiceError: People were forgotten under a key that is not there, so that nobody knows whether this is one of them.
        """
        if not self._is_forgotten(event.user):
            self.store.recorded_events.add(event, timed=timed)

    def of(self, user: str) -> Sequence[RecordedEvent]:
        """Return the newest events of a user, in the order of recording."""
        return self.store.recorded_events.of(user)

    def prune(self, snapshot: int, until: datetime) -> int:
        """Drop events that count no longer, and return their number; see `RecordedEvents.prune`."""
        return self.store.recorded_events.prune(snapshot, until)

    def _is_forgotten(self, user: str) -> bool:
        settings = settings_of(self.config)
        try:
            people = suppression_list(self.config, self.store, settings.events)
        except UsageError as error:
            raise make_error(SluiceError, error_message(error)) from None  # it is not the sender's doing
        return people is not None and people.owner(settings.user, user) is not None
