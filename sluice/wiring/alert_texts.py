"""Write what is sent: an alert with the likely causes of its incidents and links to the dashboard, or several in one message."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from sluice.config import Config
from sluice.domain import Alert, Message, StoredAlert
from sluice.rules.delivery import combine
from sluice.store import SqlStore

CAUSES = 3
"""Number of incidents whose likely cause is looked for in one message."""

_LOG = logging.getLogger("sluice.alerts")


@dataclass(frozen=True, slots=True)
class AlertWriter:
    """Write messages.

    Attributes:
        config: The configuration.
        store: Records and rows, in which causes are looked for.
    """

    config: Config
    store: SqlStore
    _causes: dict[int, Message | None] = field(default_factory=dict)  # by incident: each is looked for once, however many addresses get it

    def write(self, alerts: Sequence[StoredAlert]) -> Alert:
        """Return one message of some alerts."""
        if len(alerts) > 1:
            return self._linked(combine(alerts), ["alerts"])
        (stored,) = alerts
        causes = () if stored.kind == "resolved" else tuple(self._lines(stored.incidents[:CAUSES]))
        pages = [f"incidents?incident={number}" for number in stored.incidents] or ([f"runs?run={stored.alert.run}"] if stored.alert.run else [])
        return self._linked(replace(stored.alert, lines=(*stored.alert.lines, *causes)), pages)

    def _lines(self, incidents: Sequence[int]) -> Iterator[Message]:
        for number in incidents:
            if number not in self._causes:
                self._causes[number] = self._cause(number)
            if (cause := self._causes[number]) is not None and cause.code != "cause_none":
                yield Message.of("alert_cause", incident=number, cause=cause)

    def _cause(self, number: int) -> Message | None:
        """Return the likely cause of an incident; None where there is none, or where it cannot be looked for."""
        from sluice.wiring.likely_causes import cause_of

        try:
            return cause_of(self.config, self.store, self.store.incidents.get(number))
        except Exception as error:  # noqa: BLE001  # whatever keeps the cause from being looked for, the alert is sent without it
            _LOG.warning("the likely cause of incident %d was not looked for: %s", number, error)
            return None

    def _linked(self, alert: Alert, pages: Sequence[str]) -> Alert:
        """Return a message with addresses of pages, where the dashboard has an address."""
        address = self.config.dashboard.address
        return replace(alert, lines=(*alert.lines, *(Message.text(f"{address}/{page}") for page in pages))) if address else alert
