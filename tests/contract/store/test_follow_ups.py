"""Reminders, escalations, ends, quiet hours and limits are records: the same on each database, by a clock that the test sets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from sluice.domain import EMPTY, Alert, AlertDraft, GatePolicy, Hours, IncidentAct, Message, Request, Route, Routing, StoredAlert
from sluice.jobs import deliver
from sluice.rules.delivery import combine
from sluice.store import SqlStore, open_store
from sluice.store.alert_records import record_drafts
from sluice.store.outbox import Outbox

Shop: TypeAlias = Any  # the class stands in conftest.py, which tests do not import
REFUSED = Message.of("alert_refused", service="json")
DESK = Route("desk", remind=timedelta(hours=4), escalate_to="boss", escalate_after=timedelta(hours=6))
ROUTING = Routing((DESK, Route("boss", escalations_only=True)))


@dataclass
class Sinks:
    """Addresses that keep what they get."""

    got: list[tuple[str, str]] = field(default_factory=list)
    dead: bool = False

    def send(self, name: str, alert: Alert, *, repeated: bool = False) -> Message:
        self.got.append((name, f"{alert.title.code}{' repeated' if repeated else ''}"))
        return REFUSED if self.dead else EMPTY


@dataclass
class Desk:
    """A shop whose alerts have a clock of their own."""

    shop: Shop
    store: SqlStore
    moment: datetime
    sinks: Sinks = field(default_factory=Sinks)

    def outbox(self, routing: Routing = ROUTING) -> Outbox:
        return Outbox(self.store.database, routing, self.store.people, lambda: self.moment, moment=lambda _: self.moment)

    def deliver(self, routing: Routing = ROUTING, *, hours: float = 0) -> Sequence[tuple[str, str]]:
        """Send what is due some hours later, and return what arrived."""
        self.moment += timedelta(hours=hours)
        self.sinks.got.clear()
        self.store.__dict__["outbox"] = self.outbox(routing)  # in place of the one that has the database's clock
        deliver(self.store, self.sinks, lambda alerts: alerts[0].alert if len(alerts) == 1 else combine(alerts))
        return list(self.sinks.got)


@pytest.fixture
def desk(shop: Shop, url: str, tmp_path: Path) -> Iterator[Desk]:
    policies = {"events": GatePolicy()}
    store = open_store(url, str(tmp_path / "lake"), schemas=shop.store.schemas, policies=policies, clock=lambda: shop.now, routing=ROUTING)
    yield Desk(type(shop)(store, shop.reopen), store, store.outbox.now() + timedelta(minutes=1))
    store.close()


def test_an_incident_is_told_reminded_of_escalated_and_its_end_told(desk: Desk) -> None:
    desk.shop.publish("e1", ["e1.1"], ["e1.2"])
    assert desk.deliver() == [("desk", "alert_batch")]
    assert desk.deliver(hours=3) == []
    assert desk.deliver(hours=2) == [("desk", "alert_reminder")]
    assert desk.deliver(hours=2) == [("boss", "alert_escalation")]
    assert desk.deliver(hours=3) == [("desk", "alert_reminder")]
    (incident,) = desk.store.incidents.all()
    desk.store.incidents.act(incident.id, IncidentAct("acknowledge", "Ann"))
    assert desk.deliver(hours=9) == []
    with desk.store.lease("events") as lease:
        desk.store.quarantine.reject(lease, Request("q1", "reject", "events", "Ann", "wrong", desk.moment), desk.shop.held())
    desk.shop.publish("e2", ["e2.1"])
    assert sorted(desk.deliver()) == [("boss", "alert_resolved"), ("desk", "alert_resolved")]
    assert desk.deliver(hours=99) == []
    assert {alert.kind for alert in desk.store.outbox.about(incident.id)} == {"news", "reminder", "escalation", "resolved"}


def test_a_reopened_incident_is_told_anew_with_the_next_batch_in_which_its_rule_fails(desk: Desk) -> None:
    desk.shop.publish("e1", ["e1.1"], ["e1.2"])
    desk.deliver()
    (incident,) = desk.store.incidents.all()
    with desk.store.lease("events") as lease:
        desk.store.quarantine.reject(lease, Request("q1", "reject", "events", "Ann", "wrong", desk.moment), desk.shop.held())
    desk.store.incidents.act(incident.id, IncidentAct("resolve", "Ann"))
    assert desk.deliver() == [("desk", "alert_resolved")]
    desk.store.incidents.act(incident.id, IncidentAct("reopen", "Ann"))
    assert desk.deliver(hours=99) == []
    desk.shop.publish("e2", ["e2.1"], ["e2.2"])
    assert desk.deliver() == [("desk", "alert_batch")]


def test_what_waits_for_quiet_hours_comes_in_one_message_and_is_sent_earlier_where_a_person_asks(desk: Desk) -> None:
    hour = desk.moment.replace(minute=0, second=0, microsecond=0)
    quiet = Routing((Route("desk", quiet=(Hours(hour.time(), (hour + timedelta(hours=2)).time()),)),))
    for number in range(3):
        with desk.store.database.write() as connection:
            record_drafts(connection, [AlertDraft("desk", Alert(Message.of("alert_job", job=str(number))), severity="warning")], desk.moment)
    assert desk.deliver(quiet) == []
    waiting = desk.store.outbox.all(state="waiting")
    assert {(alert.wait.code, alert.due) for alert in waiting} == {("wait_quiet", hour + timedelta(hours=2))}
    desk.store.outbox.retry(waiting[0].id, by="Ann")
    assert desk.deliver(quiet) == [("desk", "alert_job")]
    assert desk.deliver(quiet, hours=2.5) == [("desk", "alert_several")]
    assert {alert.state for alert in desk.store.outbox.all()} == {"sent"}


def test_a_digest_that_fails_is_sent_again_as_one_message(desk: Desk) -> None:
    digest = Routing((Route("desk", digest=time(8)),))
    for _ in range(2):
        desk.outbox(digest).record(Alert(Message.of("alert_job", job="run")))
    assert desk.deliver(digest) == []
    (until,) = {alert.due for alert in desk.store.outbox.all()}
    assert until is not None
    assert (until.hour, until.minute) == (8, 0)
    desk.moment, desk.sinks.dead = until, True
    assert desk.deliver(digest) == [("desk", "alert_several")]
    assert {(alert.state, alert.attempts, alert.due) for alert in desk.store.outbox.all()} == {("failed", 1, until + timedelta(minutes=1))}
    desk.sinks.dead = False
    assert desk.deliver(digest, hours=1) == [("desk", "alert_several")]


def test_a_message_of_several_whose_process_ended_is_sent_again_as_it_was(desk: Desk) -> None:
    capped = Routing((Route("desk", max_per_hour=1),))
    outbox = desk.outbox(capped)
    for _ in range(3):
        outbox.record(Alert(Message.of("alert_job", job="run")))
    (message,) = outbox.messages()
    begun: tuple[StoredAlert, ...] = outbox.begin(*message)
    outbox.record(Alert(Message.of("alert_job", job="later")))  # the process ended here
    assert desk.deliver(capped) == [("desk", "alert_several repeated")]
    assert [alert.message for alert in desk.store.outbox.all() if alert.id in {one.id for one in begun}] == [begun[0].id] * 3
    (held,) = desk.store.outbox.all(state="waiting")
    assert (held.wait.code, held.due) == ("wait_limit", desk.moment + timedelta(hours=1))
    assert desk.deliver(capped, hours=1.1) == [("desk", "alert_job")]
