"""Send the alerts that are recorded: each at least once, whatever ends meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from sluice.domain import Alert, Message, StoredAlert
from sluice.errors import LeaseHeld
from sluice.ports import Leasing


class AlertRecords(Protocol):
    """Keep what is to be sent, and what became of it."""

    def due(self) -> Sequence[StoredAlert]:
        """Return what may be sent now."""
        ...

    def has_follow_ups(self) -> bool:
        """Return whether a reminder, an escalation or the end of an incident is to be recorded."""
        ...

    def follow_up(self) -> None:
        """Record the reminders, escalations and ends of incidents that are to be sent."""
        ...

    def messages(self) -> Sequence[tuple[StoredAlert, ...]]:
        """Return what is sent now, each tuple as one message, and record until when the rest waits."""
        ...

    def begin(self, *alerts: StoredAlert) -> tuple[StoredAlert, ...]:
        """Record that the delivery of a message begins."""
        ...

    def finish(self, alerts: Sequence[StoredAlert], error: Message) -> None:
        """Record what became of a message."""
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


def deliver(store: AlertStore, sender: AlertSender, write: Callable[[Sequence[StoredAlert]], Alert]) -> dict[str, Message]:
    """Record what follows earlier alerts, and send every message that is due; return by address why messages were not delivered to it.

    An address that fails is tried once: what else waits for it stays recorded. Where another process delivers, there is nothing to do.

    Args:
        store: Keeps the records.
        sender: Reaches the addresses.
        write: Writes the message of some alerts.
    """
    failed: dict[str, Message] = {}
    if not store.outbox.due() and not store.outbox.has_follow_ups():
        return failed
    try:
        with store.lease("alerts"):
            store.outbox.follow_up()
            for message in store.outbox.messages():
                sink = message[0].sink
                if sink not in failed and (error := _deliver(store.outbox, sender, write, message)):
                    failed[sink] = error
    except LeaseHeld:
        return failed
    return failed


def _deliver(outbox: AlertRecords, sender: AlertSender, write: Callable[[Sequence[StoredAlert]], Alert], message: Sequence[StoredAlert]) -> Message:
    text = write(message)  # it takes seconds where a cause is looked for; whatever ends meanwhile, nothing was sent yet
    begun = outbox.begin(*message)
    error = sender.send(begun[0].sink, text, repeated=any(alert.repeated for alert in begun))
    outbox.finish(begun, error)
    return error
