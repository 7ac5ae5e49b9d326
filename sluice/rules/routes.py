"""Decide which address is told of what: of an incident once, and not in each batch in which it goes on."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import TypeAlias

from sluice.domain import Alert, AlertDraft, AlertFilter, Incident, Message, Route, Routing, Run, Severity
from sluice.rules.alerts import UNTOLD, about_run, describe_incident, is_muted
from sluice.rules.hours import end_of

Segments: TypeAlias = Collection[tuple[str, str]]
"""Columns of `score_by`, and their values with failing rows."""

_RANK: Mapping[Severity, int] = {"info": 0, "warning": 1, "critical": 2}


@dataclass(frozen=True, slots=True)
class Subject:
    """Represent what an alert is about, as filters look at it.

    Attributes:
        dataset: Name of the dataset; empty where it is about none.
        severity: Severity of the incident; critical where it is about none.
        rule: Rule of the incident; empty where it is about none.
        owner: Who takes care.
        segments: Values with failing rows in the batch; None where it is about no batch.
    """

    dataset: str
    severity: Severity = "critical"
    rule: str = ""
    owner: str = ""
    segments: Segments | None = None


def subject_of(incident: Incident, routing: Routing, segments: Segments | None = None) -> Subject:
    """Return an incident as filters look at it."""
    owner = incident.owner or routing.owners.get(incident.dataset, "")
    return Subject(incident.dataset, incident.severity, incident.rule, owner, segments)


def mismatch(when: AlertFilter, subject: Subject, moment: datetime) -> Message | None:
    """Return why a filter does not take an alert; None where it does.

    Example:
        >>> from datetime import UTC
        >>> moment = datetime(2026, 3, 15, tzinfo=UTC)
        >>> mismatch(AlertFilter(rules=("*not_null:*",)), Subject("events", rule="not_null:price"), moment) is None
        True
        >>> mismatch(AlertFilter(severity="critical"), Subject("events", "warning"), moment).code
        'route_severity'
    """
    if when.datasets and subject.dataset not in when.datasets:
        return Message.of("route_dataset", dataset=subject.dataset or "-", datasets=when.datasets)
    if when.rules and not (_matches(subject.rule, when.rules) or _matches(subject.rule.partition(":")[0], when.rules)):
        return Message.of("route_rule", rule=subject.rule or "-", rules=when.rules)
    if when.severity and _RANK[subject.severity] < _RANK[when.severity]:
        return Message.of("route_severity", severity=subject.severity, least=when.severity)
    if when.owners and subject.owner not in when.owners:
        return Message.of("route_owner", owner=subject.owner or "-", owners=when.owners)
    if when.segments and not _has_segment(when, subject.segments):
        return Message.of("route_segment", segments=tuple(f"{column}: {', '.join(values)}" for column, values in when.segments))
    return Message.of("route_hours", text=when.text) if when.hours and end_of(when.hours, moment) is None else None


def refusal(route: Route, subject: Subject, moment: datetime) -> Message | None:
    """Return why an address does not take an alert; None where it does."""
    return Message.of("route_escalations") if route.escalations_only else mismatch(route.when, subject, moment)


def worst(incidents: Collection[Incident]) -> Severity:
    """Return the worst severity of some incidents."""
    return max((incident.severity for incident in incidents), key=_RANK.__getitem__)


def describe_route(route: Route) -> Message:
    """Return why an address takes what it takes."""
    return Message.of("route_when", text=route.when.text) if route.when.text else Message.of("route_all")


def drafts_of(alert: Alert, routing: Routing, moment: datetime) -> list[AlertDraft]:
    """Return an alert that is about no incident, such as a closed gate, for each address that takes it."""
    subject = Subject(alert.dataset, owner=routing.owners.get(alert.dataset, ""), segments=())
    return [AlertDraft(route.sink, alert, describe_route(route)) for route in routing.routes if refusal(route, subject, moment) is None]


@dataclass(frozen=True, slots=True)
class RunNews:
    """Hold a run, and what alerts about it depend on.

    Attributes:
        run: The run.
        incidents: Incidents that it opened or kept open.
        segments: Values with failing rows in the batch.
        notified: Numbers of the incidents that each address was told of, and whose end it was not told.
        at: Time by the shop's clock, for incidents that are muted until a time.
        moment: Time by the clock of the alerts.
    """

    run: Run
    incidents: Sequence[Incident]
    segments: Segments
    notified: Mapping[str, Collection[int]]
    at: datetime
    moment: datetime


def drafts_of_run(news: RunNews, routing: Routing) -> Iterator[AlertDraft]:
    """Yield the alert of a run for each address that takes it.

    A run that failed is told each time, any other one for incidents that the address was not told of: an incident that goes on is no news. Incidents of a
    batch that may be learned from are told to addresses that choose incidents by rule or severity. Where people muted all of them, the alert is muted.
    """
    for route in routing.routes:
        if draft := _draft(news, route, routing):
            yield draft


def _draft(news: RunNews, route: Route, routing: Routing) -> AlertDraft | None:
    run, about = news.run, [one for one in news.incidents if refusal(route, subject_of(one, routing, news.segments), news.moment) is None]
    if run.kind in UNTOLD and run.state != "failed":
        return None
    if not news.incidents:
        subject = Subject(run.dataset, owner=routing.owners.get(run.dataset, ""), segments=news.segments)
        alert = about_run(run) if refusal(route, subject, news.moment) is None else None
        return AlertDraft(route.sink, alert, describe_route(route)) if alert else None
    open_batch = run.decision == "open" and run.state != "failed"
    if not about or (open_batch and not route.when.names_incidents):
        return None
    if is_muted(about, news.at) and not open_batch:
        return _about(run, about, route, muted=True)
    fresh = [incident for incident in about if incident.needs_attention(news.at) and incident.id not in news.notified.get(route.sink, ())]
    chosen = about if run.state == "failed" else fresh
    return _about(run, chosen, route) if chosen else None


def _about(run: Run, incidents: Sequence[Incident], route: Route, *, muted: bool = False) -> AlertDraft:
    alert = about_run(run) or Alert(Message.of("alert_incidents", dataset=run.dataset, count=len(incidents)), (), run.dataset, run.id)
    lines = (*alert.lines, *(map(describe_incident, incidents) if run.state != "failed" else ()))
    whole = Alert(alert.title, lines, alert.dataset, alert.run)
    return AlertDraft(route.sink, whole, describe_route(route), worst(incidents), tuple(incident.id for incident in incidents), muted)


def _matches(text: str, patterns: Sequence[str]) -> bool:
    return bool(text) and any(fnmatchcase(text, pattern) for pattern in patterns)


def _has_segment(when: AlertFilter, segments: Segments | None) -> bool:
    patterns = dict(when.segments)
    return segments is None or any(_matches(value, patterns.get(column, ())) for column, value in segments)
