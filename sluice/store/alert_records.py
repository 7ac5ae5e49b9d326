"""Record alerts for the addresses that take them, in the transaction of what they are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, insert, select

from sluice.domain import Alert, AlertDraft, Incident, Routing, Run
from sluice.rules.routes import RunNews, Segments, drafts_of, drafts_of_run
from sluice.store.alert_queries import is_pending
from sluice.store.database import now
from sluice.store.incident_rows import failing_in
from sluice.store.tables import ALERT_INCIDENTS, ALERTS, VALUE_SCORES


def record_alert(connection: Connection, routing: Routing, alert: Alert | None) -> None:
    """Record an alert that is about no incident for each address that takes it; None records nothing."""
    if alert is not None:
        moment = now(connection)
        record_drafts(connection, drafts_of(alert, routing, moment), moment)


def record_run_alert(connection: Connection, routing: Routing, run: Run, at: datetime) -> None:
    """Record the alert of a run for each address that it concerns, in the transaction that records the run.

    Args:
        connection: The transaction.
        routing: Who is told what.
        run: The run.
        at: Time of the transaction, by the shop's clock.
    """
    if routing.routes:
        incidents, moment = failing_in(connection, run), now(connection)
        news = RunNews(run, incidents, failing_segments(connection, run.id), _notified(connection, incidents), at, moment)
        record_drafts(connection, drafts_of_run(news, routing), moment)


def record_drafts(connection: Connection, drafts: Iterable[AlertDraft], moment: datetime) -> None:
    """Record alerts to single addresses, which are due at once."""
    for draft in drafts:
        number = connection.execute(insert(ALERTS).values(_facts(draft, moment)).returning(ALERTS.c.id)).scalar_one()
        if draft.incidents:
            connection.execute(insert(ALERT_INCIDENTS), [{"alert_id": number, "incident_id": incident} for incident in draft.incidents])


def _facts(draft: AlertDraft, moment: datetime) -> Mapping[str, object]:
    alert = draft.alert
    return {
        "at": moment,
        "sink": draft.sink,
        "title": alert.title.dumps(),
        "lines": [line.to_json() for line in alert.lines],
        "dataset": alert.dataset,
        "run_id": alert.run,
        "incidents": list(draft.incidents),
        "state": "muted" if draft.muted else "waiting",
        "attempts": 0,
        "due": None if draft.muted else moment,
        "error": "",
        "sending": False,
        "repeated": False,
        "route": draft.route.dumps(),
        "severity": draft.severity,
        "kind": draft.kind,
    }


def _notified(connection: Connection, incidents: Collection[Incident]) -> Mapping[str, Collection[int]]:
    """Return by address the incidents that it was told of, and not of their end since."""
    link, numbers = ALERT_INCIDENTS.c, [incident.id for incident in incidents]
    query = select(ALERTS.c.sink, link.incident_id).join(ALERTS, ALERTS.c.id == link.alert_id).where(link.incident_id.in_(numbers), is_pending())
    notified: dict[str, set[int]] = defaultdict(set)
    for sink, incident in connection.execute(query) if numbers else ():
        notified[sink].add(incident)
    return notified


def failing_segments(connection: Connection, run: str) -> Segments:
    """Return the values of `score_by` that have failing rows in a batch, by the id of its run."""
    column = VALUE_SCORES.c
    query = select(column.column, column.value).where(column.run_id == run, column.value.is_not(None), (column.failing > 0) | (column.held > 0))
    return {(row.column, row.value) for row in connection.execute(query)}
