"""Record alerts before they are sent, so that none is lost: each is sent at least once, whatever ends meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, update

from sluice.domain import Alert, AlertState, Message, People, Person, Routing, StoredAlert
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.rules.alerts import in_order, wait_after
from sluice.rules.people import INCIDENT_ROLE, lacks
from sluice.store.activity_log import log_act
from sluice.store.alert_records import record_alert
from sluice.store.database import Database, now
from sluice.store.failpoints import fail_point
from sluice.store.records import get_record, update_record
from sluice.store.tables import ALERT_INCIDENTS, ALERTS

_UNDELIVERED: tuple[AlertState, ...] = ("waiting", "failed")


class Outbox:
    """Keep the records of alerts; whoever delivers holds the lease `alerts`, so that two processes do not send the same one."""

    def __init__(self, database: Database, routing: Routing, people: People) -> None:
        """Keep the database, who is told what, and who may do what."""
        self._database = database
        self._routing = routing
        self._people = people

    def record(self, alert: Alert | None) -> None:
        """Record an alert that is about nothing else that is recorded."""
        if alert is not None and self._routing.routes:
            with self._database.write() as connection:
                record_alert(connection, self._routing, alert)

    def all(self, *, state: str | None = None, dataset: str | None = None, limit: int | None = None, offset: int = 0) -> Sequence[StoredAlert]:
        """Return alerts, the newest first; a page of them with a limit."""
        query = select(ALERTS).where(*_chosen(state, dataset)).order_by(ALERTS.c.id.desc()).limit(limit).offset(offset)
        with self._database.read() as connection:
            return [_to_alert(row) for row in connection.execute(query)]

    def count(self, *, state: str | None = None, dataset: str | None = None) -> int:
        """Return the number of alerts."""
        with self._database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(ALERTS).where(*_chosen(state, dataset))).scalar_one())

    def about(self, incident: int) -> Sequence[StoredAlert]:
        """Return the alerts about an incident, the newest first."""
        link = ALERT_INCIDENTS.c
        query = select(ALERTS).join(ALERT_INCIDENTS, link.alert_id == ALERTS.c.id).where(link.incident_id == incident).order_by(ALERTS.c.id.desc())
        with self._database.read() as connection:
            return [_to_alert(row) for row in connection.execute(query)]

    def now(self) -> datetime:
        """Return the time by which alerts are sent: that of the database."""
        with self._database.read() as connection:
            return now(connection)

    def due(self) -> Sequence[StoredAlert]:
        """Return what is to be sent now, in the order of its delivery."""
        with self._database.read() as connection:
            query = select(ALERTS).where(ALERTS.c.state.in_(_UNDELIVERED), ALERTS.c.due <= now(connection))
            return in_order([_to_alert(row) for row in connection.execute(query)])

    def begin(self, alert: StoredAlert) -> StoredAlert:
        """Record that a delivery begins, and return the alert: one whose delivery was begun before, and not recorded, is marked as repeated."""
        with self._database.write() as connection:
            row = get_record(connection, ALERTS, alert.id, for_update=True)
            repeated = row is not None and (row.sending or row.repeated)
            return _to_alert(update_record(connection, ALERTS, alert.id, sending=True, repeated=repeated))

    def finish(self, alert: StoredAlert, error: Message) -> None:
        """Record what became of a delivery.

        Where it failed, the address is left alone for a while: whatever else waits for it is not tried earlier. Where the address is configured no longer,
        whatever waits for it has failed, and is not tried again.

        Args:
            alert: As `begin` returned it.
            error: Why it was not delivered, without secrets; empty where it was.
        """
        fail_point("delivered")
        with self._database.write() as connection:
            moment = now(connection)
            if not error:
                update_record(connection, ALERTS, alert.id, state="sent", sent=moment, due=None, error="", sending=False)
                return
            update_record(connection, ALERTS, alert.id, state="failed", attempts=ALERTS.c.attempts + 1, error=error.dumps(), sending=False)
            undelivered = (ALERTS.c.sink == alert.sink, ALERTS.c.state.in_(_UNDELIVERED), ALERTS.c.due.is_not(None))
            if error.code == "alert_no_sink":  # no later delivery can succeed: what waits for the address ends with it
                connection.execute(update(ALERTS).where(*undelivered).values(state="failed", due=None, error=error.dumps()))
                return
            failures = connection.execute(select(func.sum(ALERTS.c.attempts)).where(*undelivered)).scalar_one()
            connection.execute(update(ALERTS).where(*undelivered).values(due=moment + wait_after(int(failures))))

    def retry(self, number: int, *, by: str, person: Person | None = None) -> StoredAlert:
        """Let an alert that failed or was muted be sent at the next delivery; the activity log records it.

        Raises:
            UsageError: There is no such alert, it was sent, nobody is named, or the person lacks the role that it needs, or its address is
                configured no longer.
        """
        if not by.strip():
            raise make_error(UsageError, "alert_unnamed")
        with self._database.write() as connection:
            row = get_record(connection, ALERTS, number, for_update=True)
            if row is None:
                raise make_error(UsageError, "alert_unknown", alert=number)
            if row.state == "sent":
                raise make_error(UsageError, "alert_sent_already", alert=number)
            if lacking := lacks(self._people, person, INCIDENT_ROLE, row.dataset):
                raise make_error(UsageError, lacking.code, **lacking.params)
            if row.sink not in self._routing.sinks:
                raise make_error(UsageError, "alert_no_sink", sink=row.sink)
            moment = now(connection)
            subject = Message.of("about_alert", alert=number, sink=row.sink)
            waiting = update_record(connection, ALERTS, number, state="waiting", attempts=0, due=moment)
            log_act(connection, at=moment, who=by.strip(), what="retry_alert", subject=subject)
            return _to_alert(waiting)


def _chosen(state: str | None, dataset: str | None) -> list[ColumnElement[bool]]:
    return [column == value for column, value in ((ALERTS.c.state, state), (ALERTS.c.dataset, dataset)) if value is not None]


def _to_alert(row: Row[Any]) -> StoredAlert:
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
    )
