"""Record alerts before they are sent, so that none is lost: each is sent at least once, whatever ends meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select, update

from sluice.domain import Alert, AlertDraft, AlertState, Message, People, Person, Routing, StoredAlert
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.rules.alerts import in_order, wait_after
from sluice.rules.delivery import plan_deliveries
from sluice.rules.follow_ups import follow_ups
from sluice.rules.people import INCIDENT_ROLE, lacks
from sluice.rules.routes import Segments
from sluice.store.activity_log import log_act
from sluice.store.alert_queries import notified_incidents, sent_messages, to_alert
from sluice.store.alert_records import failing_segments, record_alert, record_drafts
from sluice.store.database import Database, now
from sluice.store.failpoints import fail_point
from sluice.store.records import get_record, update_record
from sluice.store.tables import ALERT_INCIDENTS, ALERTS

_UNDELIVERED: tuple[AlertState, ...] = ("waiting", "failed")


class Outbox:
    """Keep the records of alerts; whoever delivers holds the lease `alerts`, so that two processes do not send the same one."""

    def __init__(
        self,
        database: Database,
        routing: Routing,
        people: People,
        clock: Callable[[], datetime],
        moment: Callable[[Connection], datetime] = now,
    ) -> None:
        """Keep the database, who is told what, and who may do what.

        Args:
            database: The records.
            routing: Who is told what.
            people: Who may do what.
            clock: The shop's clock, by which incidents are muted.
            moment: The clock of the alerts, in a transaction: that of the database, which all machines share.
        """
        self._database = database
        self._routing = routing
        self._clock = clock
        self._moment = moment
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
            return [to_alert(row) for row in connection.execute(query)]

    def count(self, *, state: str | None = None, dataset: str | None = None) -> int:
        """Return the number of alerts."""
        with self._database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(ALERTS).where(*_chosen(state, dataset))).scalar_one())

    def about(self, incident: int) -> Sequence[StoredAlert]:
        """Return the alerts about an incident, the newest first."""
        link = ALERT_INCIDENTS.c
        query = select(ALERTS).join(ALERT_INCIDENTS, link.alert_id == ALERTS.c.id).where(link.incident_id == incident).order_by(ALERTS.c.id.desc())
        with self._database.read() as connection:
            return [to_alert(row) for row in connection.execute(query)]

    def segments(self, run: str) -> Segments:
        """Return the values of `score_by` that have failing rows in a batch, by the id of its run."""
        with self._database.read() as connection:
            return failing_segments(connection, run)

    def now(self) -> datetime:
        """Return the time by which alerts are sent: that of the database."""
        with self._database.read() as connection:
            return self._moment(connection)

    def due(self) -> Sequence[StoredAlert]:
        """Return what may be sent now, in the order of its delivery."""
        with self._database.read() as connection:
            return _due(connection, self._moment(connection))

    def has_follow_ups(self) -> bool:
        """Return whether a reminder, an escalation or the end of an incident is to be recorded."""
        with self._database.read() as connection:
            return bool(self._follow_ups(connection))

    def follow_up(self) -> None:
        """Record the reminders, escalations and ends of incidents that are to be sent."""
        with self._database.write() as connection:
            record_drafts(connection, self._follow_ups(connection), self._moment(connection))

    def messages(self) -> Sequence[tuple[StoredAlert, ...]]:
        """Return what is sent now, each tuple as one message, and record until when the rest waits, and why."""
        with self._database.write() as connection:
            moment = self._moment(connection)
            plan = plan_deliveries(_due(connection, moment), self._routing.routes, sent_messages(connection, moment), moment)
            for alert, wait in plan.waiting:
                update_record(connection, ALERTS, alert.id, due=wait.until, wait=wait.reason.dumps())
            return plan.messages

    def begin(self, *alerts: StoredAlert) -> tuple[StoredAlert, ...]:
        """Record that the delivery of a message begins, and return its alerts.

        Those whose delivery was begun before, and not recorded, are marked as repeated.
        """
        with self._database.write() as connection:
            return tuple(self._begin(connection, alert, alerts[0].id) for alert in alerts)

    def _begin(self, connection: Connection, alert: StoredAlert, message: int) -> StoredAlert:
        row = get_record(connection, ALERTS, alert.id, for_update=True)
        repeated = row is not None and (row.sending or row.repeated)
        return to_alert(update_record(connection, ALERTS, alert.id, sending=True, repeated=repeated, message=message))

    def finish(self, alerts: Sequence[StoredAlert], error: Message) -> None:
        """Record what became of a message.

        Where it was not delivered, the address is left alone for a while: whatever else waits for it is not tried earlier. Where the address is configured
        no longer, whatever waits for it has failed, and is not tried again.

        Args:
            alerts: The alerts of the message, as `begin` returned them.
            error: Why it was not delivered, without secrets; empty where it was.
        """
        fail_point("delivered")
        message, sink = ALERTS.c.id.in_([alert.id for alert in alerts]), alerts[0].sink
        with self._database.write() as connection:
            moment = self._moment(connection)
            if not error:
                connection.execute(update(ALERTS).where(message).values(state="sent", sent=moment, due=None, error="", sending=False))
                return
            connection.execute(update(ALERTS).where(message).values(state="failed", attempts=ALERTS.c.attempts + 1, error=error.dumps(), sending=False))
            undelivered = (ALERTS.c.sink == sink, ALERTS.c.state.in_(_UNDELIVERED), ALERTS.c.due.is_not(None))
            if error.code == "alert_no_sink":  # no later delivery can succeed: what waits for the address ends with it
                connection.execute(update(ALERTS).where(*undelivered).values(state="failed", due=None, error=error.dumps()))
                return
            first = ALERTS.c.id == ALERTS.c.message  # each message counts once, however many alerts are in it
            failures = connection.execute(select(func.sum(ALERTS.c.attempts)).where(*undelivered, first)).scalar_one()
            connection.execute(update(ALERTS).where(*undelivered).values(due=moment + wait_after(int(failures or 1))))

    def _follow_ups(self, connection: Connection) -> Sequence[AlertDraft]:
        return follow_ups(notified_incidents(connection, self._routing), self._routing, self._clock(), self._moment(connection))

    def retry(self, number: int, *, by: str, person: Person | None = None) -> StoredAlert:
        """Let an alert that failed, waits or was muted be sent at the next delivery, whatever it waits for; the activity log records it.

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
            moment = self._moment(connection)
            subject = Message.of("about_alert", alert=number, sink=row.sink)
            waiting = update_record(connection, ALERTS, number, state="waiting", attempts=0, due=moment, forced=True, wait="")
            log_act(connection, at=moment, who=by.strip(), what="retry_alert", subject=subject)
            return to_alert(waiting)


def _chosen(state: str | None, dataset: str | None) -> list[ColumnElement[bool]]:
    return [column == value for column, value in ((ALERTS.c.state, state), (ALERTS.c.dataset, dataset)) if value is not None]


def _due(connection: Connection, moment: datetime) -> list[StoredAlert]:
    query = select(ALERTS).where(ALERTS.c.state.in_(_UNDELIVERED), ALERTS.c.due <= moment)
    return in_order([to_alert(row) for row in connection.execute(query)])
