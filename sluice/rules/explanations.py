"""Explain who was told of an incident, who will be told when, and why somebody is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sluice.domain import Incident, Message, Route, Routing, StoredAlert
from sluice.rules.delivery import wait_of
from sluice.rules.follow_ups import escalation_at, reminder_at
from sluice.rules.routes import describe_route, refusal, subject_of


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


def explain(incident: Incident, routing: Routing, alerts: Sequence[StoredAlert], at: datetime, moment: datetime) -> list[Explanation]:
    """Explain what each address gets of an incident.

    Args:
        incident: The incident.
        routing: Who is told what.
        alerts: Alerts about it, the newest first.
        at: Time by the shop's clock, for incidents that are muted until a time.
        moment: Time by the clock of the alerts.
    """
    return [_explain(incident, route, routing, [alert for alert in alerts if alert.sink == route.sink], at, moment) for route in routing.routes]


def _explain(incident: Incident, route: Route, routing: Routing, alerts: Sequence[StoredAlert], at: datetime, moment: datetime) -> Explanation:
    alert = next((alert for alert in alerts if alert.state != "muted"), next(iter(alerts), None))
    if alert is not None and alert.state != "muted":
        wait = wait_of(alert, route, moment) if alert.due else None
        at_sink = [one for one in reversed(alerts) if one.state != "muted"]
        reasons = (alert.route or describe_route(route), *([wait.reason] if wait else []), *_what_follows(incident, route, at_sink, at))
        return Explanation(route.sink, alert, wait.until if wait else alert.sent or alert.due, reasons)
    return Explanation(route.sink, alert, None, (_why_not(incident, route, routing, at, moment),))


def _what_follows(incident: Incident, route: Route, alerts: Sequence[StoredAlert], at: datetime) -> Iterator[Message]:
    if incident.state != "open" or not incident.needs_attention(at):
        return
    if remind := reminder_at(alerts, route):
        yield Message.of("follows_reminder", at=remind.isoformat())
    if escalate := escalation_at(alerts, route):
        yield Message.of("follows_escalation", sink=route.escalate_to, at=escalate.isoformat())


def _why_not(incident: Incident, route: Route, routing: Routing, at: datetime, moment: datetime) -> Message:
    if refused := refusal(route, subject_of(incident, routing), moment):
        return refused
    if incident.state in ("resolved", "expected"):
        return Message.of("route_resolved") if incident.state == "resolved" else Message.of("route_expected", cause=incident.cause or "other")
    if incident.muted_until is not None and incident.muted_until > at:
        return Message.of("route_muted", until=incident.muted_until.isoformat())
    if incident.passing:
        return Message.of("route_passing")
    return Message.of("route_next_batch", route=describe_route(route)) if route.when.names_incidents else Message.of("route_open_batch")
