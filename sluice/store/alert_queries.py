"""Read alerts: those about incidents whose end their address was not told of, and when messages were sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from sluice.domain import Alert, Message, Routing, StoredAlert
from sluice.rules.delivery import HOUR
from sluice.rules.follow_ups import Notified
from sluice.store.incident_rows import incidents_of
from sluice.store.tables import ALERT_INCIDENTS, ALERTS


def is_pending() -> ColumnElement[bool]:
    """Return the condition that an alert about an incident was not muted, and that its address was not told of the end since."""
    later, link = ALERTS.alias(), ALERT_INCIDENTS.alias()
    same = (link.c.incident_id == ALERT_INCIDENTS.c.incident_id, later.c.sink == ALERTS.c.sink, later.c.kind == "resolved", later.c.id >= ALERTS.c.id)
    over = select(later.c.id).join(link, link.c.alert_id == later.c.id).where(*same).correlate(ALERTS, ALERT_INCIDENTS)
    return (ALERTS.c.state != "muted") & ~over.exists()


def notified_incidents(connection: Connection, routing: Routing) -> list[Notified]:
    """Return the incidents of which a configured address was told, and not of their end."""
    link = ALERT_INCIDENTS.c
    query = select(ALERTS, link.incident_id).join(ALERT_INCIDENTS, link.alert_id == ALERTS.c.id).where(ALERTS.c.sink.in_(routing.sinks), is_pending())
    alerts: dict[int, list[StoredAlert]] = defaultdict(list)
    for row in connection.execute(query.order_by(ALERTS.c.id)) if routing.routes else ():
        alerts[row.incident_id].append(to_alert(row))
    return [Notified(incident, tuple(alerts[incident.id])) for incident in incidents_of(connection, alerts)]


def sent_messages(connection: Connection, moment: datetime) -> Mapping[str, Sequence[datetime]]:
    """Return when messages were sent in the last hour, by address."""
    chosen = (ALERTS.c.state == "sent", ALERTS.c.sent > moment - HOUR)
    sent: dict[str, list[datetime]] = defaultdict(list)
    for row in connection.execute(select(ALERTS.c.sink, func.min(ALERTS.c.sent).label("at")).where(*chosen).group_by(ALERTS.c.sink, ALERTS.c.message)):
        sent[row.sink].append(row.at)
    return sent


def to_alert(row: Row[Any]) -> StoredAlert:
    """Return the record of an alert."""
    return StoredAlert(
        row.id,
        row.at,
        row.sink,
        Alert(Message.loads(row.title), tuple(map(Message.from_json, row.lines)), row.dataset, row.run_id),
        row.state,
        tuple(row.incidents),
        row.attempts,
        row.due,
        Message.loads(row.error),
        row.sent,
        sending=row.sending,
        repeated=row.repeated,
        route=Message.loads(row.route),
        severity=row.severity,
        kind=row.kind,
        wait=Message.loads(row.wait),
        forced=row.forced,
        message=row.message,
    )
