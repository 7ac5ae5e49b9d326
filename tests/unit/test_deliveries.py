"""What is sent now, what waits, what goes in one message, and what follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sluice.domain import EVERY_DAY, Alert, Hours, Incident, Message, Route, Routing, StoredAlert
from sluice.messages import render
from sluice.rules.delivery import HOUR, Plan, combine, plan_deliveries
from sluice.rules.explanations import Case, explain
from sluice.rules.follow_ups import Notified, follow_ups

NIGHT = datetime(2026, 3, 16, 2, tzinfo=UTC)
NOON = datetime(2026, 3, 16, 12, tzinfo=UTC)
QUIET = Route("desk", quiet=(Hours(time(22), time(7)),))
OPEN = Incident(7, "events", "expect_a:price", "critical", Message.text("a price is missing"), NOON, NOON, 1, "open")


def alert(number: int, **more: Any) -> StoredAlert:
    return replace(StoredAlert(number, NIGHT, "desk", Alert(Message.text(f"alert {number}")), "waiting", due=NIGHT), **more)


def plan(alerts: Sequence[StoredAlert], route: Route, moment: datetime, sent: Sequence[datetime] = ()) -> Plan:
    return plan_deliveries(alerts, [route], {"desk": sent}, moment)


def numbers(planned: Plan) -> list[list[int]]:
    return [[alert.id for alert in message] for message in planned.messages]


def test_in_quiet_hours_only_what_is_critical_is_sent_and_the_rest_comes_in_one_message_after_them() -> None:
    alerts = [alert(1, severity="warning"), alert(2), alert(3, severity="warning")]
    night = plan(alerts, QUIET, NIGHT)
    assert numbers(night) == [[2]]
    waiting = [replace(one, wait=wait.reason) for one, wait in night.waiting]
    assert [(wait.until.hour, wait.reason.code) for _, wait in night.waiting] == [(7, "wait_quiet")] * 2
    assert numbers(plan(waiting, QUIET, night.waiting[0][1].until)) == [[1, 3]]


def test_a_digest_holds_everything_until_its_time() -> None:
    digest, alerts = Route("desk", digest=time(8), zone="UTC"), [alert(1), alert(2)]
    held = plan(alerts, digest, NIGHT)
    assert (held.messages, {wait.until.hour for _, wait in held.waiting}) == ((), {8})
    waiting = [replace(one, wait=wait.reason) for one, wait in held.waiting]
    assert numbers(plan(waiting, digest, NIGHT.replace(hour=8))) == [[1, 2]]


def test_the_last_message_of_an_hour_takes_the_rest_and_later_alerts_wait() -> None:
    capped = Route("desk", max_per_hour=3)
    assert numbers(plan([alert(number) for number in range(1, 16)], capped, NOON)) == [[1], [2], [*range(3, 16)]]
    full = plan([alert(16)], capped, NOON, [NOON - timedelta(minutes=minutes) for minutes in (50, 5, 1)])
    assert [wait.until for _, wait in full.waiting] == [NOON + timedelta(minutes=10)]
    assert render(full.waiting[0][1].reason).startswith("the address gets 3 messages an hour at most")


def test_what_a_person_asked_for_waits_for_nothing_and_what_was_begun_goes_as_it_was() -> None:
    assert numbers(plan([alert(1, severity="warning", forced=True)], QUIET, NIGHT)) == [[1]]
    begun = [alert(1, sending=True, message=1), alert(2, sending=True, message=1), alert(3)]
    assert numbers(plan(begun, Route("desk", max_per_hour=1), NOON, [NOON])) == [[1, 2]]


@given(st.integers(0, 40), st.integers(1, 12), st.lists(st.integers(0, 90), max_size=12), st.sampled_from([NIGHT, NOON]), st.data())
def test_each_alert_is_sent_or_waits_and_no_address_gets_more_messages_than_its_limit(
    count: int, limit: int, minutes: list[int], moment: datetime, data: st.DataObject
) -> None:
    severities = data.draw(st.lists(st.sampled_from(["critical", "warning"]), min_size=count, max_size=count))
    alerts = [alert(number, severity=severity) for number, severity in enumerate(severities)]
    sent = [moment - timedelta(minutes=minute) for minute in minutes]
    planned = plan(alerts, replace(QUIET, max_per_hour=limit), moment, sent)
    assert sorted([one.id for message in planned.messages for one in message] + [one.id for one, _ in planned.waiting]) == list(range(count))
    assert len(planned.messages) <= max(0, limit - sum(moment - at < HOUR for at in sent))
    assert all(wait.until > moment for _, wait in planned.waiting)


def test_a_message_of_many_names_ten_and_counts_the_rest_in_both_languages() -> None:
    alerts = [alert(number, alert=Alert(Message.of("alert_job", job="run"), (Message.text("the disk is full"),))) for number in range(22)]
    combined = combine(alerts)
    assert (len(combined.lines), render(combined.title), render(combined.lines[-1])) == (11, "22 alerts", "and 12 more")
    assert render(combined.lines[0]) == "the job run failed: the disk is full"
    assert (render(combined.title, "zh"), render(combined.lines[-1], "zh")) == ("22 条提醒", "另有 12 条")


def followed(route: Route, incident: Incident, *alerts: StoredAlert, moment: datetime = NOON) -> list[tuple[str, str]]:
    routing = Routing((route, Route("boss", escalations_only=True)))
    return [(draft.sink, draft.kind) for draft in follow_ups([Notified(incident, alerts)], routing, moment, moment)]


def test_an_open_incident_is_reminded_of_and_escalated_once() -> None:
    route = Route("desk", remind=timedelta(hours=4), escalate_to="boss", escalate_after=timedelta(hours=6))
    first = alert(1, state="sent", sent=NOON, due=None)
    assert followed(route, OPEN, first, moment=NOON + timedelta(hours=3)) == []
    assert followed(route, OPEN, first, moment=NOON + timedelta(hours=5)) == [("desk", "reminder")]
    reminded = alert(2, state="sent", sent=NOON + timedelta(hours=5), due=None, kind="reminder")
    assert followed(route, OPEN, first, reminded, moment=NOON + timedelta(hours=7)) == [("boss", "escalation")]
    escalated = alert(3, sink="boss", kind="escalation")
    assert followed(route, OPEN, first, reminded, escalated, moment=NOON + timedelta(hours=8)) == []
    for taken in (replace(OPEN, state="acknowledged"), replace(OPEN, state="expected"), replace(OPEN, muted_until=NOON + timedelta(days=9))):
        assert followed(route, taken, first, moment=NOON + timedelta(days=1)) == []
    assert followed(route, OPEN, alert(1), moment=NOON + timedelta(days=1)) == []  # nothing follows what was not sent yet


def test_the_end_of_an_incident_is_told_to_who_was_told_of_it() -> None:
    over = replace(OPEN, state="resolved")
    assert followed(Route("desk"), over, alert(1, state="sent", sent=NOON, due=None)) == [("desk", "resolved")]
    assert followed(Route("desk"), over, alert(1, state="failed", due=None)) == []  # given up: nobody knows of it
    assert followed(Route("desk"), over, alert(1, sink="fax", state="sent", sent=NOON, due=None)) == []


def test_incidents_of_a_dataset_are_followed_up_in_one_message() -> None:
    first = alert(1, state="sent", sent=NOON, due=None)
    over = [Notified(replace(OPEN, id=number, state="resolved"), (first,)) for number in (7, 8)]
    (draft,) = follow_ups(over, Routing((Route("desk"),)), NOON, NOON)
    assert (draft.incidents, render(draft.alert.title)) == ((7, 8), "events: 2 incidents are resolved")
    assert render(draft.alert.title, "zh").endswith("2 个事件已解决")


def test_an_explanation_says_until_when_an_alert_waits_and_what_follows() -> None:
    route = replace(QUIET, remind=timedelta(hours=4), escalate_to="boss", escalate_after=timedelta(hours=6))
    both = Routing((route, Route("boss", escalations_only=True)))
    (waiting,) = explain(Case(OPEN, [alert(1, severity="warning", route=Message.of("route_all"))], None, False, NIGHT, NIGHT), Routing((route,)))
    assert (waiting.at, [reason.code for reason in waiting.reasons]) == (NIGHT.replace(hour=7), ["route_all", "wait_quiet"])
    first = alert(1, state="sent", sent=NOON, due=None, route=Message.of("route_all"))
    desk, boss = explain(Case(OPEN, [first], None, False, NOON, NOON), both)
    assert [reason.code for reason in desk.reasons] == ["route_all", "follows_reminder", "follows_escalation"]
    assert [reason.code for reason in boss.reasons] == ["route_escalations"]
    escalated = alert(2, sink="boss", state="sent", sent=NOON, due=None, kind="escalation", route=Message.of("route_escalated"))
    desk, boss = explain(Case(OPEN, [escalated, first], None, False, NOON, NOON), both)
    assert [reason.code for reason in (*desk.reasons, *boss.reasons)] == ["route_all", "follows_reminder", "route_escalated"]


def test_quiet_hours_that_follow_each_other_end_together() -> None:
    saturday = datetime(2026, 3, 14, 12, tzinfo=UTC)
    held = plan([alert(1, severity="warning")], Route("desk", quiet=(Hours(days=EVERY_DAY - {0, 1, 2, 3, 4}),)), saturday)
    assert [wait.until for _, wait in held.waiting] == [datetime(2026, 3, 16, tzinfo=UTC)]
