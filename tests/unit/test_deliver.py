"""How what waits is sent, over records in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from sluice.domain import EMPTY, Alert, Message, StoredAlert
from sluice.errors import LeaseHeld
from sluice.jobs import deliver

NOW = datetime(2026, 3, 15, tzinfo=UTC)
REFUSED = Message.of("alert_refused", service="json")


@dataclass
class Records:
    """Alerts in memory; those of an address that failed are due no longer."""

    alerts: dict[int, StoredAlert]
    held: bool = False

    @property
    def outbox(self) -> Records:
        return self

    @contextmanager
    def lease(self, name: str) -> Iterator[None]:
        if self.held:
            raise LeaseHeld(name)
        yield

    def due(self) -> Sequence[StoredAlert]:
        return [alert for alert in self.alerts.values() if alert.state == "waiting"]

    def has_follow_ups(self) -> bool:
        return False

    def follow_up(self) -> None:
        pass

    def messages(self) -> Sequence[tuple[StoredAlert, ...]]:
        return [(alert,) for alert in self.due()]

    def begin(self, *alerts: StoredAlert) -> tuple[StoredAlert, ...]:
        for alert in alerts:
            self.alerts[alert.id] = replace(alert, sending=True, repeated=alert.sending)
        return tuple(self.alerts[alert.id] for alert in alerts)

    def finish(self, alerts: Sequence[StoredAlert], error: Message) -> None:
        for alert in alerts:
            self.alerts[alert.id] = replace(alert, state="failed" if error else "sent", error=error, sending=False)


@dataclass
class Sinks:
    """Addresses of which some are dead."""

    dead: frozenset[str] = frozenset()
    got: list[tuple[str, str, bool]] = field(default_factory=list)

    def send(self, name: str, alert: Alert, *, repeated: bool = False) -> Message:
        self.got.append((name, str(alert.title), repeated))
        return REFUSED if name in self.dead else EMPTY


def write(alerts: Sequence[StoredAlert]) -> Alert:
    return alerts[0].alert


def records(*sinks: str, sending: bool = False) -> Records:
    return Records(
        {
            number: StoredAlert(number, NOW, sink, Alert(Message.text(f"alert {number}")), "waiting", sending=sending)
            for number, sink in enumerate(sinks, start=1)
        }
    )


def test_a_dead_address_is_tried_once_and_keeps_back_no_other() -> None:
    store, sinks = records("dead", "mail", "dead", "mail"), Sinks(frozenset({"dead"}))
    assert deliver(store, sinks, write) == {"dead": REFUSED}  # type: ignore[arg-type]  # the lease says nothing
    assert [(name, title) for name, title, _ in sinks.got] == [("dead", "alert 1"), ("mail", "alert 2"), ("mail", "alert 4")]
    assert [alert.state for alert in store.alerts.values()] == ["failed", "sent", "waiting", "sent"]


def test_what_another_process_delivers_is_left_to_it() -> None:
    store, sinks = replace(records("mail"), held=True), Sinks()
    assert deliver(store, sinks, write) == {}  # type: ignore[arg-type]  # the lease says nothing
    assert sinks.got == []
    assert store.alerts[1].state == "waiting"


def test_a_delivery_that_was_begun_and_not_recorded_is_marked() -> None:
    sinks = Sinks()
    deliver(records("mail", sending=True), sinks, write)  # type: ignore[arg-type]  # the lease says nothing
    assert sinks.got == [("mail", "alert 1", True)]
