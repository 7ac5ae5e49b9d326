"""Explain who was told of an incident, who will be told when, and why somebody is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sluice.domain import Incident, Message, Route, Routing, StoredAlert
from sluice.rules.delivery import wait_of
from sluice.rules.follow_ups import escalation_at, reminder_at
from sluice.rules.routes import Segments, describe_route, refusal, subject_of


@dataclass(frozen=True, slots=True)
class Explanation:
    """Explain what one address gets of an incident.

    Attributes:
        sink: Name of the address.
        alert: The newest alert about the incident to the address; None where there is none.
        at: When it was sent, or is to be; None where it is not.
        reasons: Why, or why not.
    """

    sink: str
    alert: StoredAlert | None
    at: datetime | None
    reasons: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """Hold an incident, and what it depends on who is told of it.

    Attributes:
        incident: The incident.
        alerts: Alerts about it, the newest first.
        segments: Values with failing rows in the last batch in which its rule failed; None where that is not known.
        learned_from: Whether that batch may be learned from all the same.
        at: Time by the shop's clock, for incidents that are muted until a time.
        moment: Time by the clock of the alerts.
    """

    incident: Incident
    alerts: Sequence[StoredAlert]
    segments: Segments | None
    learned_from: bool
    at: datetime
    moment: datetime


def explain(case: Case, routing: Routing) -> list[Explanation]:
    """Explain what each address gets of an incident."""
    return [_explain(case, route, routing) for route in routing.routes]


def _explain(case: Case, route: Route, routing: Routing) -> Explanation:
    own = [alert for alert in case.alerts if alert.sink == route.sink]
    alert = next((alert for alert in own if alert.state != "muted"), next(iter(own), None))
    if alert is None or alert.state == "muted":
        return Explanation(route.sink, alert, None, (_why_not(case, route, routing),))
    wait = wait_of(alert, route, case.moment) if alert.due else None
    reasons = (alert.route or describe_route(route), *([wait.reason] if wait else []), *_what_follows(case, route))
    return Explanation(route.sink, alert, wait.until if wait else alert.sent or alert.due, reasons)


def _what_follows(case: Case, route: Route) -> Iterator[Message]:
    if case.incident.state != "open" or not case.incident.needs_attention(case.at):
        return
    own = [one for one in reversed(case.alerts) if one.sink == route.sink and one.state != "muted"]
    if remind := reminder_at(own, route):
        yield Message.of("follows_reminder", at=remind.isoformat())
    escalated = any(alert.kind == "escalation" and alert.sink == route.escalate_to for alert in case.alerts)
    if (escalate := escalation_at(own, route)) and not escalated:
        yield Message.of("follows_escalation", sink=route.escalate_to, at=escalate.isoformat())


def _why_not(case: Case, route: Route, routing: Routing) -> Message:
    incident = case.incident
    if refused := refusal(route, subject_of(incident, routing, case.segments), case.moment):
        return refused
    if incident.state in ("resolved", "expected"):
        return Message.of("route_resolved") if incident.state == "resolved" else Message.of("route_expected", cause=incident.cause or "other")
    if incident.muted_until is not None and incident.muted_until > case.at:
        return Message.of("route_muted", until=incident.muted_until.isoformat())
    if incident.passing:
        return Message.of("route_passing")
    untold = case.learned_from and not route.when.names_incidents
    return Message.of("route_open_batch") if untold else Message.of("route_next_batch", route=describe_route(route))
