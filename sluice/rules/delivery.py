"""Decide what is sent now, what waits, and what goes together in one message."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sluice.domain import Alert, Message, Route, StoredAlert
from sluice.rules.alerts import in_order
from sluice.rules.hours import end_of, next_at

HOUR = timedelta(hours=1)
TITLES = 10
"""Number of alerts that a message of several names."""

REASONS = 3
"""Number of lines of each of them."""

_MOST_SPANS = 14  # of quiet hours without a gap: those of a week, by day and by night


@dataclass(frozen=True, slots=True)
class Wait:
    """Represent until when an alert waits, and why."""

    until: datetime
    reason: Message


@dataclass(frozen=True, slots=True)
class Plan:
    """Hold what is sent now, each tuple as one message, and what waits."""

    messages: tuple[tuple[StoredAlert, ...], ...] = ()
    waiting: tuple[tuple[StoredAlert, Wait], ...] = ()


def plan_deliveries(due: Iterable[StoredAlert], routes: Sequence[Route], sent: Mapping[str, Sequence[datetime]], moment: datetime) -> Plan:
    """Plan what is sent to each address.

    Args:
        due: Alerts that may be sent now.
        routes: One for each address.
        sent: When messages were sent in the last hour, by address.
        moment: Time of the plan.
    """
    by_sink: dict[str, list[StoredAlert]] = defaultdict(list)
    for alert in due:
        by_sink[alert.sink].append(alert)
    configured = {route.sink: route for route in routes}
    plans = [_plan(alerts, configured.get(sink, Route(sink)), sent.get(sink, ()), moment) for sink, alerts in by_sink.items()]
    return Plan(tuple(message for plan in plans for message in plan.messages), tuple(wait for plan in plans for wait in plan.waiting))


def wait_of(alert: StoredAlert, route: Route, moment: datetime) -> Wait | None:
    """Return until when an alert waits, for a digest or for the end of quiet hours, and why; None where it is sent at once.

    A critical alert does not wait for the end of quiet hours, and one that a person asked for waits for nothing.
    """
    if alert.forced:
        return None
    if route.digest is not None:
        until = next_at(route.digest, route.zone, alert.at)
        return Wait(until, Message.of("wait_digest", until=until.isoformat())) if moment < until else None
    until = _end_of_quiet(route, moment)
    return Wait(until, Message.of("wait_quiet", until=until.isoformat())) if until > moment and alert.severity != "critical" else None


def combine(alerts: Sequence[StoredAlert]) -> Alert:
    """Return several alerts as one message: the titles and reasons of some, and how many more there are."""
    entries = [_entry(alert.alert) for alert in alerts]
    more = len(entries) - TITLES
    lines = (*entries[:TITLES], *([Message.of("alert_more", count=more)] if more > 0 else []))
    datasets = {alert.alert.dataset for alert in alerts}
    return Alert(Message.of("alert_several", count=len(alerts)), lines, datasets.pop() if len(datasets) == 1 else "")


def _entry(alert: Alert) -> Message:
    return Message.of("alert_entry", title=alert.title, lines=alert.lines[:REASONS]) if alert.lines else alert.title


def _plan(alerts: Sequence[StoredAlert], route: Route, sent: Sequence[datetime], moment: datetime) -> Plan:
    begun = _begun(alerts)
    waits = [(alert, wait) for alert in alerts if not alert.sending and (wait := wait_of(alert, route, moment))]
    left = {alert.id for alert, _ in waits}
    ready = [alert for alert in alerts if not alert.sending and alert.id not in left]
    forced = [(alert,) for alert in ready if alert.forced]
    messages = _grouped([alert for alert in ready if not alert.forced])
    recent = [at for at in sent if moment - at < HOUR]
    room = len(messages) if route.max_per_hour is None else route.max_per_hour - len(recent) - len(begun)
    if room <= 0 and messages:
        until = min(recent, default=moment) + HOUR
        wait = Wait(until, Message.of("wait_limit", limit=route.max_per_hour, until=until.isoformat()))
        waits += [(alert, wait) for message in messages for alert in message]
        messages = []
    elif len(messages) > room:
        messages = [*messages[: room - 1], tuple(alert for message in messages[room - 1 :] for alert in message)]
    return Plan((*begun, *forced, *messages), tuple(waits))


def _end_of_quiet(route: Route, moment: datetime) -> datetime:
    """Return the end of the quiet hours that a moment lies in, and of those that follow without a gap; the moment itself where it lies in none."""
    until = moment
    for _ in range(_MOST_SPANS):
        ends = [end for hours in route.quiet if (end := end_of(hours, until)) is not None]
        if not ends:
            break
        until = max(ends)
    return until


def _begun(alerts: Sequence[StoredAlert]) -> list[tuple[StoredAlert, ...]]:
    """Return the messages whose delivery was begun, and not recorded, as they were."""
    by_message: dict[int | None, list[StoredAlert]] = defaultdict(list)
    for alert in alerts:
        if alert.sending:
            by_message[alert.message].append(alert)
    return [tuple(message) for message in by_message.values()]


def _grouped(alerts: Sequence[StoredAlert]) -> list[tuple[StoredAlert, ...]]:
    """Return messages, the critical ones first: what waited together goes in one."""
    waited = tuple(alert for alert in alerts if alert.wait)
    single = sorted(in_order([alert for alert in alerts if not alert.wait]), key=lambda alert: alert.severity != "critical")
    return [*([waited] if waited else []), *((alert,) for alert in single)]
