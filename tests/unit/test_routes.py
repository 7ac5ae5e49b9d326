"""Which address takes which alert, and when hours end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.domain import AlertDraft, AlertFilter, Hours, Incident, Message, Route, Routing, Run, Severity
from sluice.messages import render
from sluice.rules.alerts import about_failure
from sluice.rules.explanations import Case, explain
from sluice.rules.hours import end_of, next_at
from sluice.rules.routes import RunNews, Segments, Subject, drafts_of, drafts_of_run, mismatch

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)  # a Sunday
ALL = AlertFilter()
CRITICAL = AlertFilter(severity="critical", text="severity: critical")
LOW = Message.text("a price is missing")
NIGHT = Hours(time(22), time(7), zone="Europe/Berlin")


def incident(number: int = 1, severity: Severity = "critical", **more: Any) -> Incident:
    return replace(Incident(number, "events", "expect_a:price", severity, LOW, NOW, NOW, 1, "open"), **more)


def drafts(when: AlertFilter, *incidents: Incident, notified: tuple[int, ...] = (), segments: Segments = (), **more: Any) -> list[AlertDraft]:
    run = replace(Run("a1", "events", "ingest", 1, NOW, "published", decision="closed"), **more)
    return list(drafts_of_run(RunNews(run, incidents, segments, {"desk": notified}, NOW, NOW), Routing((Route("desk", when),))))


def test_a_batch_tells_what_is_new_in_it() -> None:
    (draft,) = drafts(ALL, incident(1), incident(2, "warning"), notified=(1,))
    assert (draft.incidents, draft.severity, draft.alert.title.code) == ((2,), "warning", "alert_batch")
    assert render(draft.alert.lines[-1]) == "incident 2: expect_a:price: a price is missing"
    assert drafts(ALL, incident(1), notified=(1,)) == []


def test_a_closed_batch_without_an_incident_is_told_but_not_to_who_chooses_rules() -> None:
    assert [draft.alert.title.code for draft in drafts(ALL)] == ["alert_batch"]
    assert drafts(AlertFilter(rules=("*",))) == []


def test_incidents_of_a_batch_that_may_be_learned_from_are_told_to_who_chooses_them() -> None:
    assert drafts(ALL, incident(), decision="open") == []
    (draft,) = drafts(AlertFilter(severity="warning"), incident(1, "warning"), decision="open")
    assert render(draft.alert.title, "zh") == "events：1 个新事件"  # noqa: RUF001  # Chinese marks
    assert drafts(CRITICAL, incident(1, "warning"), decision="open") == []


def test_a_job_that_failed_is_told_to_who_takes_everything_alone() -> None:
    filters = {
        "all": ALL,
        "events": AlertFilter(datasets=("events",)),
        "rules": AlertFilter(rules=("*",)),
        "supplier": AlertFilter(segments=(("supplier", ("*",)),)),
    }
    routing = Routing((*(Route(sink, when) for sink, when in filters.items()), Route("boss", escalations_only=True)))
    assert [draft.sink for draft in drafts_of(about_failure("run", LOW), routing, NOW)] == ["all"]


def test_what_people_muted_is_recorded_as_muted_and_what_they_asked_for_is_not_told() -> None:
    (draft,) = drafts(ALL, incident(state="expected"))
    assert draft.muted
    assert drafts(ALL, incident(), kind="release") == []


@pytest.mark.parametrize(
    ("when", "code"),
    [
        (AlertFilter(datasets=("items",)), "route_dataset"),
        (AlertFilter(rules=("expect_b*",)), "route_rule"),
        (AlertFilter(severity="critical"), "route_severity"),
        (AlertFilter(owners=("Ann",)), "route_owner"),
        (AlertFilter(segments=(("supplier", ("acme",)),)), "route_segment"),
        (AlertFilter(hours=NIGHT), "route_hours"),
    ],
)
def test_each_condition_says_why_it_does_not_take_an_alert(when: AlertFilter, code: str) -> None:
    refused = mismatch(when, Subject("events", "warning", "expect_a:price", "Bo", {("supplier", "nord")}), NOW)
    assert refused is not None
    assert refused.code == code
    assert render(refused) != render(refused, "zh")


def test_a_segment_is_one_of_some_values_of_a_column() -> None:
    when = AlertFilter(segments=(("supplier", ("ac*",)),))
    assert drafts(when, incident(), segments=(("supplier", "acme"),))
    assert drafts(when, incident(), segments=(("brand", "acme"),)) == []


def test_hours_end_by_the_clock_of_their_zone() -> None:
    spring = datetime(2026, 3, 28, 23, tzinfo=UTC)  # clocks are set forward in the night that follows
    assert end_of(NIGHT, spring) == datetime(2026, 3, 29, 5, tzinfo=UTC)
    weekend = Hours(days=frozenset({5, 6}))
    assert end_of(weekend, NOW) == datetime(2026, 3, 16, tzinfo=UTC)
    assert end_of(weekend, NOW + timedelta(days=1)) is None


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.times(), st.times(), st.sets(st.integers(0, 6), min_size=1))  # noqa: DTZ001  # made aware below
def test_hours_hold_a_moment_up_to_their_end_alone(naive: datetime, start: time, end: time, days: set[int]) -> None:
    hours, moment = Hours(start, end, frozenset(days), "Europe/Berlin"), naive.replace(tzinfo=UTC)
    over = end_of(hours, moment)
    if over is not None:
        assert moment < over <= moment + timedelta(hours=26)
        assert over.astimezone(ZoneInfo("Europe/Berlin")).time().replace(fold=0) == end or over.astimezone(ZoneInfo("Europe/Berlin")).hour in (1, 2, 3)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.times())  # noqa: DTZ001  # made aware below
def test_a_time_of_day_comes_within_a_day(naive: datetime, clock: time) -> None:
    moment = naive.replace(tzinfo=UTC)
    assert moment <= next_at(clock, "America/New_York", moment) <= moment + timedelta(hours=25)


def test_an_explanation_says_why_nobody_is_told() -> None:
    routing = Routing((Route("desk"), Route("boss", CRITICAL)))
    cases = {
        "route_expected": incident(state="expected", cause="season"),
        "route_resolved": incident(state="resolved"),
        "route_muted": incident(muted_until=NOW + timedelta(hours=1)),
        "route_passing": incident(passing=True),
        "route_open_batch": incident(),
    }
    for code, one in cases.items():
        desk, boss = explain(Case(one, (), None, True, NOW, NOW), routing)
        assert (desk.reasons[0].code, desk.alert, desk.at) == (code, None, None)
        assert boss.reasons[0].code == ("route_next_batch" if code == "route_open_batch" else code)
    routing = Routing((Route("desk"), Route("acme", AlertFilter(segments=(("supplier", ("acme",)),)))))
    closed = explain(Case(incident(), (), {("supplier", "nord")}, False, NOW, NOW), routing)
    assert [one.reasons[0].code for one in closed] == ["route_next_batch", "route_segment"]
