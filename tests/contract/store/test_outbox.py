"""Alerts are recorded with what they are about, wait, fail, are sent or are muted: the same on each database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from sqlalchemy import update

from sluice.domain import EMPTY, Alert, AlertFilter, Arrival, Decision, GatePolicy, Grant, Hours, IncidentAct, Message, People, Person, Request, Route, Routing
from sluice.errors import UsageError
from sluice.rules.alerts import about_gate
from sluice.rules.explanations import Case, explain
from sluice.store import SqlStore, open_store
from sluice.store.database import now
from sluice.store.tables import ALERTS

Shop: TypeAlias = Any  # the class stands in conftest.py, which tests do not import
REFUSED = Message.of("alert_refused", service="json")
BOTH = Routing((Route("mail"), Route("json")))
TEXT = Alert(Message.text("the job audit failed"), (Message.text("the disk is full"),))


@pytest.fixture
def addressed(shop: Shop, url: str, tmp_path: Path) -> Iterator[Shop]:
    """A shop with two addresses."""
    store = open_told(shop.store, url, tmp_path)
    yield type(shop)(store, shop.reopen)
    store.close()


def open_told(store: SqlStore, url: str, folder: Path, people: People | None = None, routing: Routing = BOTH) -> SqlStore:
    policies = {"events": GatePolicy()}
    return open_store(url, str(folder / "lake"), schemas=store.schemas, policies=policies, clock=store._clock, people=people, routing=routing)


def age(shop: Shop, **changes: object) -> None:
    """Change the records as time does."""
    with shop.store.database.write() as connection:
        connection.execute(update(ALERTS).values(**changes))


def test_a_batch_that_may_not_be_learned_from_is_told_to_each_address_in_the_transaction_that_publishes_it(addressed: Shop) -> None:
    addressed.publish("e1", ["e1.1"])
    assert addressed.store.outbox.all() == []
    addressed.publish("e2", ["e2.1"], ["e2.2"])
    mail, json = sorted(addressed.store.outbox.all(), key=lambda alert: alert.id)
    (incident,) = addressed.store.incidents.all()
    assert (mail.sink, json.sink, mail.state, mail.attempts) == ("mail", "json", "waiting", 0)
    assert (mail.alert.title.code, mail.alert.run, mail.alert.dataset, mail.incidents) == ("alert_batch", "e2", "events", (incident.id,))
    assert [alert.id for alert in addressed.store.outbox.due()] == [mail.id, json.id]


def test_nobody_is_told_of_muted_incidents_and_everybody_once_another_one_opens(addressed: Shop) -> None:
    addressed.publish("e1", ["e1.1"], ["e1.2"])
    (incident,) = addressed.store.incidents.all()
    addressed.store.incidents.act(incident.id, IncidentAct("mute", "Ann", until=addressed.now + timedelta(days=1)))
    addressed.publish("e2", ["e2.1"], ["e2.2"])
    assert [alert.state for alert in addressed.store.outbox.all(dataset="events")] == ["muted", "muted", "waiting", "waiting"]
    addressed.publish("e3", ["e3.1"], ["e3.2"], rule="other:price")
    assert {alert.state for alert in addressed.store.outbox.all() if alert.alert.run == "e3"} == {"waiting"}
    assert addressed.store.outbox.count(state="muted") == 2


def test_an_incident_that_goes_on_is_told_once_and_a_new_one_of_the_same_rule_anew(addressed: Shop) -> None:
    addressed.publish("e1", ["e1.1"], ["e1.2"])
    addressed.publish("e2", ["e2.1"], ["e2.2"])
    assert {alert.alert.run for alert in addressed.store.outbox.all()} == {"e1"}
    (incident,) = addressed.store.incidents.all()
    assert [alert.sink for alert in addressed.store.outbox.about(incident.id)] == ["json", "mail"]
    with addressed.store.lease("events") as lease:
        addressed.store.quarantine.reject(lease, Request("q1", "reject", "events", "Ann", "wrong", addressed.now), addressed.held())
    addressed.publish("e3", ["e3.1"])
    addressed.publish("e4", ["e4.1"], ["e4.2"])
    assert [alert.alert.run for alert in addressed.store.outbox.all() if alert.sink == "mail"] == ["e4", "e1"]


def test_each_address_is_told_what_its_filter_takes(shop: Shop, url: str, tmp_path: Path) -> None:
    filters = {
        "all": AlertFilter(),
        "catalog": AlertFilter(datasets=("catalog",)),
        "prices": AlertFilter(rules=("*:price",)),
        "night": AlertFilter(hours=Hours(time(0), time(0), frozenset(), "UTC"), text="days: none"),
        "bo": AlertFilter(owners=("Bo",)),
    }
    routing = Routing(tuple(Route(sink, when) for sink, when in filters.items()), {"events": "Bo"})
    store = open_told(shop.store, url, tmp_path, routing=routing)
    type(shop)(store, shop.reopen).publish("e1", ["e1.1"], ["e1.2"])
    store.decisions.record(closed := Decision("events", "closed", (), shop.now), by="schedule", alert=about_gate(closed))
    store.outbox.record(TEXT)
    by_sink = {sink: [alert.alert.title.code for alert in store.outbox.all() if alert.sink == sink] for sink in filters}
    assert by_sink == {"all": ["text", "alert_gate", "alert_batch"], "catalog": [], "prices": ["alert_batch"], "night": [], "bo": ["alert_gate", "alert_batch"]}
    (incident,) = store.incidents.all()
    explained = {
        one.sink: one.reasons[0].code for one in explain(Case(incident, store.outbox.about(incident.id), None, False, shop.now, store.outbox.now()), routing)
    }
    assert explained == {"all": "route_all", "catalog": "route_dataset", "prices": "route_all", "night": "route_hours", "bo": "route_all"}
    store.close()


def test_a_file_that_cannot_be_read_is_told_each_time_that_it_is_tried(addressed: Shop, arrival: Arrival) -> None:
    for error in ("is empty", "is damaged"):
        with addressed.store.lease("events") as lease:
            addressed.store.record_failure(lease, arrival, Message.text(error))
    assert [str(alert.alert.lines[0]) for alert in addressed.store.outbox.all() if alert.sink == "mail"] == ["is damaged", "is empty"]


def test_a_gate_that_is_used_is_told_where_it_is_not_open(addressed: Shop) -> None:
    closed = Decision("events", "closed", (Message.text("late"),), addressed.now)
    addressed.store.decisions.record(closed, by="schedule", alert=about_gate(closed))
    addressed.store.decisions.record(closed, by="Ada")
    assert [alert.alert.title.code for alert in addressed.store.outbox.all()] == ["alert_gate"] * 2


def test_without_an_address_nothing_is_recorded(shop: Shop) -> None:
    shop.publish("e1", [], ["e1.1"])
    shop.store.outbox.record(TEXT)
    assert shop.store.outbox.all() == []


def test_a_failed_delivery_leaves_the_address_alone_and_says_why(addressed: Shop) -> None:
    for _ in range(2):
        addressed.store.outbox.record(TEXT)
    first, other, *_ = addressed.store.outbox.due()
    addressed.store.outbox.finish(addressed.store.outbox.begin(first), REFUSED)
    addressed.store.outbox.finish(addressed.store.outbox.begin(other), EMPTY)
    by_state = {state: [alert.sink for alert in addressed.store.outbox.all(state=state)] for state in ("failed", "sent", "waiting")}
    assert by_state == {"failed": ["mail"], "sent": ["json"], "waiting": ["json", "mail"]}
    assert [alert.sink for alert in addressed.store.outbox.due()] == ["json"]
    (failed,) = addressed.store.outbox.all(state="failed")
    assert (failed.attempts, failed.error) == (1, REFUSED)
    with addressed.store.database.read() as connection:
        moment = now(connection)
    assert failed.due is not None
    assert timedelta(0) < failed.due - moment <= timedelta(minutes=1)
    age(addressed, due=moment - timedelta(seconds=1))
    assert [alert.sink for alert in addressed.store.outbox.due()] == ["mail", "json", "mail"]


def test_what_waits_for_an_address_that_is_configured_no_longer_fails_for_good(addressed: Shop, url: str, tmp_path: Path) -> None:
    for _ in range(2):
        addressed.store.outbox.record(TEXT)
    gone = Message.of("alert_no_sink", sink="fax")
    with addressed.store.database.write() as connection:
        connection.execute(update(ALERTS).where(ALERTS.c.sink == "mail").values(sink="fax"))
    first = addressed.store.outbox.due()[0]
    addressed.store.outbox.finish(addressed.store.outbox.begin(first), gone)
    failed = addressed.store.outbox.all(state="failed")
    assert [(alert.sink, alert.due, alert.error, alert.sending) for alert in failed] == [("fax", None, gone, False)] * 2
    assert {alert.sink for alert in addressed.store.outbox.due()} == {"json"}
    with pytest.raises(UsageError, match="the address fax is configured no longer"):
        addressed.store.outbox.retry(first.id, by="Ann")
    assert addressed.store.activity.count() == 0


def test_a_delivery_whose_process_ended_is_marked_as_repeated(addressed: Shop) -> None:
    addressed.store.outbox.record(TEXT)
    alert, _ = addressed.store.outbox.due()
    assert not addressed.store.outbox.begin(alert)[0].repeated
    again = addressed.store.outbox.begin(alert)
    assert again[0].repeated
    addressed.store.outbox.finish(again, EMPTY)
    (sent,) = addressed.store.outbox.all(state="sent")
    assert (sent.repeated, sent.sending, sent.due) == (True, False, None)
    assert sent.sent is not None


def test_what_failed_or_was_muted_is_sent_when_somebody_asks_and_the_log_says_who(addressed: Shop) -> None:
    addressed.store.outbox.record(TEXT)
    mail, json = addressed.store.outbox.due()
    addressed.store.outbox.finish(addressed.store.outbox.begin(mail), REFUSED)
    addressed.store.outbox.finish(addressed.store.outbox.begin(json), EMPTY)
    assert addressed.store.outbox.retry(mail.id, by=" Ann ").state == "waiting"
    assert [alert.id for alert in addressed.store.outbox.due()] == [mail.id]
    (entry,) = addressed.store.activity.entries()
    assert (entry.who, entry.what, entry.subject) == ("Ann", "retry_alert", Message.of("about_alert", alert=mail.id, sink="mail"))
    for number, by, text in ((json.id, "Ann", "was sent already"), (99, "Ann", "no alert 99"), (mail.id, " ", "needs the name")):
        with pytest.raises(UsageError, match=text):
            addressed.store.outbox.retry(number, by=by)


def test_trying_again_needs_the_role_of_a_steward(shop: Shop, url: str, tmp_path: Path) -> None:
    store = open_told(shop.store, url, tmp_path, People(sign_in=True, grants=(Grant("viewer", person="*"),)))
    store.outbox.record(TEXT)
    (alert, *_) = store.outbox.all()
    with pytest.raises(UsageError, match="steward"):
        store.outbox.retry(alert.id, by="Ann", person=Person("Ann"))
    store.close()


def test_pages_of_alerts_are_the_newest_first(addressed: Shop) -> None:
    for _ in range(3):
        addressed.store.outbox.record(TEXT)
    numbers = [alert.id for alert in addressed.store.outbox.all()]
    assert numbers == sorted(numbers, reverse=True)
    assert [alert.id for alert in addressed.store.outbox.all(limit=2, offset=2)] == numbers[2:4]
    assert addressed.store.outbox.count() == 6
