"""Decide who is reminded of an incident, to whom it is escalated, and who is told that it is over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sluice.domain import Alert, AlertDraft, AlertKind, Incident, Message, Route, Routing, StoredAlert
from sluice.rules.alerts import describe_incident
from sluice.rules.routes import describe_route, worst

_TITLES = {"reminder": "alert_reminder", "escalation": "alert_escalation", "resolved": "alert_resolved"}


@dataclass(frozen=True, slots=True)
class Notified:
    """Hold an incident with the alerts about it, the oldest first, of addresses that were not told of its end since."""

    incident: Incident
    alerts: tuple[StoredAlert, ...]


def follow_ups(notified: Sequence[Notified], routing: Routing, at: datetime, moment: datetime) -> list[AlertDraft]:
    """Return the alerts that follow those that were sent: reminders, escalations and ends, one for each address, kind and dataset.

    Args:
        notified: Incidents of which somebody was told.
        routing: Who is told what.
        at: Time by the shop's clock, for incidents that are muted until a time.
        moment: Time by the clock of the alerts.
    """
    groups: dict[tuple[str, AlertKind, str], list[Incident]] = defaultdict(list)
    for one in notified:
        for route in routing.routes:
            for sink, kind in _of_route(one, route, at, moment):
                groups[sink, kind, one.incident.dataset].append(one.incident)
    routes = {route.sink: route for route in routing.routes}
    return [_draft(routes[sink], kind, incidents) for (sink, kind, _), incidents in groups.items() if sink in routes]


def reminder_at(alerts: Sequence[StoredAlert], route: Route) -> datetime | None:
    """Return when an address is reminded of an incident that stays open; None where it is not, or not yet told."""
    if route.remind is None or not alerts or alerts[-1].sent is None:
        return None
    return alerts[-1].sent + route.remind


def escalation_at(alerts: Sequence[StoredAlert], route: Route) -> datetime | None:
    """Return when an incident that stays open is escalated; None where it is not, or nobody was told yet.

    Args:
        alerts: Alerts about the incident to the address, the oldest first.
        route: Route of the address.
    """
    sent = [alert.sent for alert in alerts if alert.sent is not None]
    return sent[0] + route.escalate_after if sent and route.escalate_to else None


def _of_route(one: Notified, route: Route, at: datetime, moment: datetime) -> Iterator[tuple[str, AlertKind]]:
    alerts = [alert for alert in one.alerts if alert.sink == route.sink]
    if one.incident.state == "resolved":
        if any(alert.sent or alert.due for alert in alerts):
            yield route.sink, "resolved"
        return
    if one.incident.state != "open" or not one.incident.needs_attention(at):
        return
    if _is_past(escalation_at(alerts, route), moment) and not any(alert.kind == "escalation" and alert.sink == route.escalate_to for alert in one.alerts):
        yield route.escalate_to, "escalation"
    if _is_past(reminder_at(alerts, route), moment):
        yield route.sink, "reminder"


def _is_past(at: datetime | None, moment: datetime) -> bool:
    return at is not None and at <= moment


def _draft(route: Route, kind: AlertKind, incidents: Sequence[Incident]) -> AlertDraft:
    dataset = incidents[0].dataset
    alert = Alert(Message.of(_TITLES[kind], dataset=dataset, count=len(incidents)), tuple(map(describe_incident, incidents)), dataset)
    why = Message.of("route_escalated") if kind == "escalation" else describe_route(route)
    return AlertDraft(route.sink, alert, why, worst(incidents), tuple(incident.id for incident in incidents), kind=kind)
