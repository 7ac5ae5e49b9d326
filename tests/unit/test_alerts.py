"""Who is told what, and that a message that was not delivered is not silent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.alerts import Sender
from sluice.config.alerts import AlertAddress, mistake_in_alerts, sinks_of
from sluice.domain import Alert, Decision, Incident, Message, Run, Sink, StoredAlert
from sluice.domain.words import IncidentState
from sluice.messages import render
from sluice.rules.alerts import LONGEST_WAIT, about_failure, about_gate, about_run, in_order, is_muted, wait_after

NOW = datetime(2026, 3, 15, tzinfo=UTC)
LOW = Message.of("worst_dimension_below", dimension="validity", value=80.0, limit=90)
TEXT = Alert(Message.text("a"), (Message.text("b"),))


def run(**more: object) -> Run:
    return Run(**{"id": "a1", "dataset": "events", "kind": "ingest", "seq": 1, "at": NOW, "state": "published", "decision": "open", **more})  # type: ignore[arg-type]  # fields by name


def incident(state: IncidentState, *, muted_until: datetime | None = None) -> Incident:
    return Incident(1, "events", "not_null:price", "critical", LOW, NOW, NOW, 1, state, muted_until=muted_until)


def words(alert: Alert | None, language: str = "en") -> tuple[str, ...]:
    assert alert is not None
    return tuple(render(message, language) for message in (alert.title, *alert.lines))


def test_good_news_is_no_news() -> None:
    assert about_run(run()) is None
    assert about_run(run(kind="release", decision="closed")) is None
    assert about_gate(Decision("events", "open", (), NOW, "1")) is None


def test_bad_news_says_what_and_why_in_both_languages() -> None:
    closed = about_run(run(decision="closed", reasons=(LOW,), rows=100, bad=20))
    assert words(closed) == ("events: batch a1 may not be learned from", "20 of 100 rows are held", "validity is 80.0, below 90")
    assert words(closed, "zh") == ("events：批次 a1 不可用于训练", "100 行中有 20 行被隔离", render(LOW, "zh"))  # noqa: RUF001  # Chinese marks
    assert words(about_run(run(decision="closed", rows=1, bad=1))) == ("events: batch a1 may not be learned from", "1 of 1 row is held")
    aside = about_run(run(state="failed", error=Message.text("events.csv: is empty")))
    assert words(aside) == ("events: a file could not be read", "events.csv: is empty")
    assert words(about_run(run(kind="audit", decision="closed")))[0] == "events: the audit failed"
    assert words(about_gate(Decision("events", "closed", (Message.text("late"),), NOW))) == ("events: the gate is closed", "late")
    assert words(about_failure("audit", Message.text("the disk is full"))) == ("the job audit failed", "the disk is full")


def test_nobody_is_told_where_every_incident_is_muted_or_expected() -> None:
    muted, expected = incident("open", muted_until=NOW + timedelta(days=1)), incident("expected")
    assert is_muted([muted, expected], NOW)
    assert not is_muted([muted], NOW + timedelta(days=2))
    assert not is_muted([muted, incident("acknowledged")], NOW)
    assert not is_muted([], NOW)


@given(st.integers(1, 10_000))
def test_an_address_is_left_alone_longer_each_time_and_an_hour_at_most(failures: int) -> None:
    assert wait_after(1) <= wait_after(failures) <= wait_after(failures + 1) <= LONGEST_WAIT


def test_an_alert_that_its_address_refuses_holds_up_no_other() -> None:
    refused, later = StoredAlert(1, NOW, "json", TEXT, "failed", attempts=3), StoredAlert(2, NOW, "json", TEXT, "waiting")
    assert in_order([refused, later]) == [later, refused]


def test_addresses_are_named_without_their_secrets() -> None:
    named = AlertAddress(name="desk", to="mailto://user:secret@host", language="zh")
    sinks = sinks_of(["json://secret@host/", "json://other/", "", "a secret", named])
    assert list(sinks) == ["json", "json-2", "unknown", "desk"]
    assert sinks["desk"] == Sink("desk", "mailto://user:secret@host", "zh")
    assert list(sinks_of(["json://a/", AlertAddress(name="json", to="json://b/")])) == ["json-2", "json"]
    assert render(mistake_in_alerts([named, named])) == "alerts: desk names two addresses; give each its own name"
    assert not mistake_in_alerts([named, "json://a/"])


@pytest.mark.parametrize(
    ("address", "code"), [("nosuch://secret@host", "alert_no_service"), ("json://secret@127.0.0.1:9/", "alert_refused"), ("secret", "alert_no_service")]
)
def test_an_address_that_does_not_work_is_told_without_its_secret(address: str, code: str) -> None:
    error = Sender("Shop", {"one": Sink("one", address)}).send("one", TEXT)
    assert error.code == code
    assert "secret" not in error.dumps()


def test_an_address_that_is_configured_no_longer_is_told() -> None:
    assert Sender("Shop", {}).send("desk", TEXT) == Message.of("alert_no_sink", sink="desk")
