"""An incident lasts until its rule passes and its rows are settled; people act on it meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sluice.domain import IncidentAct, Message, Request, Verdict
from sluice.errors import UsageError
from sluice.messages import render
from sluice.store.incidents import subject_of

RULE = "not_null:price"


def spoken(rule: str, status: str, failed: int = 0) -> Verdict:
    return Verdict(rule, "expectation", "validity", "critical", "quarantine", status, rows=10, failed=failed, message=f"{rule} holds")  # type: ignore[arg-type]  # words of the test


def open_with_held_rows(shop: Any) -> Any:
    """An incident whose rule passes since, and still holds b1.1."""
    shop.publish("b1", ["b1.0"], ["b1.1"], verdicts=[spoken(RULE, "failed", 1)])
    shop.publish("b2", ["b2.0"], verdicts=[spoken(RULE, "passed")])
    (incident,) = shop.store.incidents.all("events")
    return incident


def state(shop: Any, incident: Any) -> str:
    return str(shop.store.incidents.get(incident.id).state)


def test_an_incident_stays_open_while_its_rows_are_held(shop: Any) -> None:
    incident = open_with_held_rows(shop)
    assert (incident.state, incident.passing, incident.times) == ("open", True, 1)
    shop.publish("audit-1", kind="audit", verdicts=[spoken(RULE, "passed")])
    assert state(shop, incident) == "open"


def test_it_is_resolved_once_its_rows_are_rejected(shop: Any) -> None:
    incident = open_with_held_rows(shop)
    with shop.store.lease("events") as lease:
        shop.store.quarantine.reject(lease, Request("q1", "reject", "events", "Ada", "wrong", shop.now), ["b1.1"])
    assert state(shop, incident) == "resolved"
    entry = shop.store.activity.entries()[0]
    assert (entry.who, entry.what, entry.subject) == ("sluice", "resolve", subject_of(incident))


def test_it_is_resolved_once_its_rows_are_released(shop: Any) -> None:
    incident = open_with_held_rows(shop)
    shop.publish("release-q1", ["b1.1"], kind="release")
    assert state(shop, incident) == "resolved"


@pytest.mark.parametrize("rows", [[], ["b1.1"]])
def test_it_is_resolved_once_its_rule_is_in_the_suite_no_longer_and_its_rows_are_settled(shop: Any, rows: list[str]) -> None:
    shop.publish("b1", ["b1.0"], rows, verdicts=[spoken(RULE, "failed", len(rows)), spoken("other", "passed")])
    (incident,) = shop.store.incidents.all("events")
    shop.publish("audit-1", kind="audit", verdicts=[spoken("other", "passed")])
    assert state(shop, incident) == "open", "an audit says nothing of a suite"
    shop.publish("b2", ["b2.0"], verdicts=[spoken("other", "passed")])
    assert state(shop, incident) == ("open" if rows else "resolved")
    if rows:
        with shop.store.lease("events") as lease:
            shop.store.quarantine.reject(lease, Request("q1", "reject", "events", "Ada", "wrong", shop.now), rows)
    assert state(shop, incident) == "resolved"
    assert "its rule is gone" in render(shop.store.activity.entries()[0].reason)


def test_it_is_resolved_once_a_replay_has_published_all_its_rows(shop: Any) -> None:
    shop.publish("b1", ["b1.0"], ["b1.1", "b1.2"], verdicts=[spoken(RULE, "failed", 2)])
    (incident,) = shop.store.incidents.all("events")
    shop.publish("replay-1", ["b1.1"], kind="replay", verdicts=[spoken(RULE, "passed")])
    assert state(shop, incident) == "open", "a row is held still"
    shop.publish("replay-2", ["b1.2"], kind="replay", verdicts=[spoken(RULE, "passed")])
    assert state(shop, incident) == "resolved"


def test_settled_rows_resolve_nothing_while_the_rule_fails(shop: Any) -> None:
    shop.publish("b1", ["b1.0"], ["b1.1"], verdicts=[spoken(RULE, "failed", 1)])
    (incident,) = shop.store.incidents.all("events")
    shop.publish("release-q1", ["b1.1"], kind="release")
    assert state(shop, incident) == "open"
    shop.publish("b2", ["b2.0"], verdicts=[spoken(RULE, "passed")])
    assert state(shop, incident) == "resolved"


def test_a_rule_that_fails_again_keeps_its_incident(shop: Any) -> None:
    incident = open_with_held_rows(shop)
    shop.publish("b3", ["b3.0"], ["b3.1"], verdicts=[spoken(RULE, "failed", 1)])
    again = shop.store.incidents.get(incident.id)
    assert (again.state, again.passing, again.times) == ("open", False, 2)


def test_an_incident_whose_rows_are_held_cannot_be_resolved_by_hand(shop: Any) -> None:
    incident = open_with_held_rows(shop)
    with pytest.raises(UsageError, match="rows are still held for not_null:price"):
        shop.store.incidents.act(incident.id, IncidentAct("resolve", "Ada"))
    with pytest.raises(UsageError, match="--by"):
        shop.store.incidents.act(incident.id, IncidentAct("acknowledge", " "))
    with pytest.raises(UsageError, match="no incident 99"):
        shop.store.incidents.act(99, IncidentAct("acknowledge", "Ada"))
    assert state(shop, incident) == "open"


def test_what_people_do_is_kept_and_logged(shop: Any) -> None:
    incident, until = open_with_held_rows(shop), shop.now + timedelta(days=7)
    acts = [
        IncidentAct("assign", "Ada", owner="Bo"),
        IncidentAct("mute", "Ada", until=until),
        IncidentAct("comment", "Bo", note="the supplier knows"),
        IncidentAct("expect", "Bo", note="until April", cause="promotion"),
    ]
    for act in acts:
        incident = shop.store.incidents.act(incident.id, act)
    assert (incident.owner, incident.muted_until, incident.state, incident.cause) == ("Bo", until, "expected", "promotion")
    assert not incident.needs_attention(until)
    log = [(entry.who, entry.what, render(entry.reason)) for entry in shop.store.activity.entries(limit=4)][::-1]
    assert log == [
        ("Ada", "assign", "to Bo"),
        ("Ada", "mute", "until 2026-03-22 06:00 UTC"),
        ("Bo", "comment", "the supplier knows"),
        ("Bo", "expect", "promotion; until April"),
    ]


def test_a_muted_incident_needs_attention_again_afterwards(shop: Any) -> None:
    incident = open_with_held_rows(shop)
    muted = shop.store.incidents.act(incident.id, IncidentAct("mute", "Ada", until=shop.now + timedelta(days=1)))
    assert not muted.needs_attention(shop.now)
    assert muted.needs_attention(shop.now + timedelta(days=1))


def test_an_expected_incident_stays_expected_when_its_rule_fails_again(shop: Any) -> None:
    incident = open_with_held_rows(shop)
    shop.store.incidents.act(incident.id, IncidentAct("expect", "Ada", cause="season"))
    shop.publish("b3", ["b3.0"], verdicts=[spoken(RULE, "failed", 1)])
    assert [(incident.state, incident.times) for incident in shop.store.incidents.all()] == [("expected", 2)]


def test_a_resolved_incident_is_left_alone(shop: Any) -> None:
    shop.publish("b1", ["b1.0"], verdicts=[spoken(RULE, "failed", 1)])
    (incident,) = shop.store.incidents.all()
    assert shop.store.incidents.act(incident.id, IncidentAct("resolve", "Ada")).state == "resolved"
    with pytest.raises(UsageError, match="resolved already"):
        shop.store.incidents.act(incident.id, IncidentAct("mute", "Ada"))


def test_what_was_resolved_can_be_reopened_unless_a_new_incident_follows(shop: Any) -> None:
    shop.publish("b1", ["b1.0"], verdicts=[spoken(RULE, "failed", 1)])
    (incident,) = shop.store.incidents.all()
    shop.store.incidents.act(incident.id, IncidentAct("resolve", "Ada"))
    assert shop.store.incidents.act(incident.id, IncidentAct("reopen", "Ada")).state == "open"
    shop.store.incidents.act(incident.id, IncidentAct("resolve", "Ada"))
    shop.publish("b2", ["b2.0"], verdicts=[spoken(RULE, "failed", 1)])
    with pytest.raises(UsageError, match="its rule failed again"):
        shop.store.incidents.act(incident.id, IncidentAct("reopen", "Ada"))


def test_a_reopened_incident_says_that_its_rule_passes_and_stays_open_until_it_passes_again(shop: Any) -> None:
    incident = open_with_held_rows(shop)
    reopened = shop.store.incidents.act(incident.id, IncidentAct("reopen", "Ada"))
    assert (reopened.state, reopened.passing) == ("open", True)
    assert [entry.passing for entry in shop.store.incidents.all()] == [True]
    shop.publish("b3", ["b3.0"], verdicts=[spoken(RULE, "failed", 1)])
    assert [entry.passing for entry in shop.store.incidents.all()] == [False]


def test_a_reopened_incident_whose_rule_failed_last_does_not_pass(shop: Any) -> None:
    shop.publish("b1", ["b1.0"], verdicts=[spoken(RULE, "failed", 1)])
    (incident,) = shop.store.incidents.all()
    shop.store.incidents.act(incident.id, IncidentAct("resolve", "Ada"))
    assert not shop.store.incidents.act(incident.id, IncidentAct("reopen", "Ada")).passing


def test_an_incident_says_what_happened_on_each_run(shop: Any) -> None:
    expected, observed = Message.text("the number of rows is at least 50"), Message.text("3 rows")
    whole = Verdict("row_count", "expectation", "volume", "critical", "flag", "failed", failed=1, message=expected, observed=observed)
    shop.publish("b1", ["b1.0"], verdicts=[whole])
    (incident,) = shop.store.incidents.all()
    assert render(incident.message) == "3 rows; expected: the number of rows is at least 50"
    assert render(incident.message, "zh") == "3 rows；应为：the number of rows is at least 50"  # noqa: RUF001  # Chinese is written with its own marks
    shop.publish("b2", ["b2.0"], verdicts=[spoken("row_count", "passed")])
    assert [(run.run, run.status) for run in shop.store.incidents.occurrences(incident)] == [("b2", "passed"), ("b1", "failed")]


def test_it_says_when_it_was_read_and_in_which_batch(shop: Any) -> None:
    shop.publish("b1", ["b1.0"], ["b1.1"], verdicts=[spoken(RULE, "failed", 1)])
    outcome = shop.outcome("b2", ["b2.0"], ["b2.1"], verdicts=[spoken(RULE, "failed", 1)])
    with shop.store.lease("events") as lease:
        run = shop.store.publish(lease, shop.store.stage(outcome, uri="landing/events-2026-03-02.csv"))
    (incident,) = shop.store.incidents.all("events")
    assert (incident.batch, incident.until, incident.since) == ("events-2026-03-02.csv", run.started, shop.store.runs.get("b1").started)
    assert shop.store.incidents.get(incident.id) == incident


@pytest.mark.parametrize(("nature", "reason"), [("cleaner", "the rule passes"), ("schema", "its rule is gone"), ("detector", None)])
def test_a_rule_that_says_nothing_of_a_batch_passes_unless_it_is_a_detectors(shop: Any, nature: Any, reason: str | None) -> None:
    shop.publish("b1", ["b1.0"], verdicts=[replace(spoken(RULE, "failed", 1), nature=nature, on_fail="flag"), spoken("other", "passed")])
    (incident,) = shop.store.incidents.all("events")
    shop.publish("b2", ["b2.0"], verdicts=[spoken("other", "passed")])
    assert state(shop, incident) == ("resolved" if reason else "open")
    assert reason is None or reason in render(shop.store.activity.entries()[0].reason)
