"""Send the alerts that are recorded: each at least once, whatever ends meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sluice.domain import Alert, Message, StoredAlert
from sluice.errors import LeaseHeld
from sluice.ports import Leasing


class AlertRecords(Protocol):
    """Keep what is to be sent, and what became of it."""

    def due(self) -> Sequence[StoredAlert]:
        """Return what is to be sent now, in the order of its delivery."""
        ...

    def begin(self, alert: StoredAlert) -> StoredAlert:
        """Record that a delivery begins."""
        ...

    def finish(self, alert: StoredAlert, error: Message) -> None:
        """Record what became of a delivery."""
        ...


class AlertStore(Leasing, Protocol):
    """Hand out the lease on deliveries, and keep the records."""

    @property
    def outbox(self) -> AlertRecords:
        """Return the records of alerts."""
        ...


class AlertSender(Protocol):
    """Reach the addresses."""

    def send(self, name: str, alert: Alert, *, repeated: bool = False) -> Message:
        """Send an alert to one address, and return why it was not delivered."""
        ...


def deliver(store: AlertStore, sender: AlertSender) -> dict[str, Message]:
    """Send every alert that is due; return by address why alerts were not delivered to it.

    An address that fails is tried once: what else waits for it stays recorded. Where another process delivers, there is nothing to do.

    Args:
        store: Keeps the records.
        sender: Reaches the addresses.
    """
    failed: dict[str, Message] = {}
    if not store.outbox.due():
        return failed
    try:
        with store.lease("alerts"):
            for alert in store.outbox.due():
                if alert.sink not in failed and (error := _deliver(store.outbox, sender, alert)):
                    failed[alert.sink] = error
    except LeaseHeld:
        return failed
    return failed


def _deliver(outbox: AlertRecords, sender: AlertSender, alert: StoredAlert) -> Message:
    begun = outbox.begin(alert)
    error = sender.send(begun.sink, begun.alert, repeated=begun.repeated)
    outbox.finish(begun, error)
    return error
