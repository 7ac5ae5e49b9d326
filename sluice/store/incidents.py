"""Follow rules that keep failing, from first seen to resolved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, insert, select

from sluice.domain import Incident, Message
from sluice.errors import UsageError
from sluice.store.database import Database
from sluice.store.records import get_record, update_record
from sluice.store.tables import ACTIVITY, INCIDENTS

READABLE = "arrival_readable"
"""Rule that an arrival breaks which cannot be read; the next one that is read resolves its incident."""


def unreadable(error: Message) -> Mapping[str, Any]:
    """Return the facts of an arrival that cannot be read, as a rule that failed."""
    return {"rule": READABLE, "severity": "critical", "status": "failed", "message": error.dumps()}


def update_incidents(connection: Connection, dataset: str, verdicts: Iterable[Mapping[str, Any]], at: datetime) -> None:
    """Open, keep or resolve a dataset's incidents after a run.

    Args:
        connection: The transaction that publishes the run.
        dataset: Name of the dataset.
        verdicts: Facts of the run's verdicts; those of severity info and those that were skipped are ignored.
        at: The time of the run.
    """
    judged = [{"rule": READABLE, "severity": "critical", "status": "passed"}, *(facts for facts in verdicts if facts["severity"] != "info")]
    failing = {facts["rule"]: facts for facts in judged if facts["status"] in ("failed", "not_evaluated")}
    passing = {facts["rule"] for facts in judged if facts["status"] == "passed"} - failing.keys()
    query = select(INCIDENTS).where(INCIDENTS.c.dataset == dataset, INCIDENTS.c.state != "resolved")
    unresolved = {row.rule: row for row in connection.execute(query)}
    for rule, row in unresolved.items():
        if rule in failing:
            update_record(connection, INCIDENTS, row.id, last_seen=at, times=row.times + 1, message=failing[rule]["message"])
        elif rule in passing:
            update_record(connection, INCIDENTS, row.id, state="resolved")
    for rule, facts in failing.items():
        if rule not in unresolved:
            opened = {"first_seen": at, "last_seen": at, "times": 1, "state": "open"}
            connection.execute(insert(INCIDENTS).values(dataset=dataset, rule=rule, severity=facts["severity"], message=facts["message"], **opened))


class Incidents:
    """Read incidents, acknowledge and resolve them."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        """Keep the database, and the clock that dates what people do."""
        self._database = database
        self._clock = clock

    def all(self, dataset: str | None = None, *, resolved: bool = False) -> Sequence[Incident]:
        """Return incidents, the newest first; resolved ones only with `resolved`."""
        query = select(INCIDENTS).order_by(INCIDENTS.c.last_seen.desc(), INCIDENTS.c.id.desc())
        if dataset is not None:
            query = query.where(INCIDENTS.c.dataset == dataset)
        if not resolved:
            query = query.where(INCIDENTS.c.state != "resolved")
        with self._database.read() as connection:
            return [_to_incident(row) for row in connection.execute(query)]

    def mark(self, incident: int, state: Literal["acknowledged", "resolved"], *, by: str, reason: str = "") -> Incident:
        """Acknowledge or resolve an incident; the activity log records who did.

        Raises:
            UsageError: There is no such incident.
        """
        with self._database.write() as connection:
            if get_record(connection, INCIDENTS, incident) is None:
                raise UsageError(f"there is no incident {incident}")
            row = update_record(connection, INCIDENTS, incident, state=state)
            subject = f"incident {incident}: {row.dataset} {row.rule}"
            connection.execute(insert(ACTIVITY).values(at=self._clock(), who=by, what=state, subject=subject, reason=reason))
            return _to_incident(row)


def _to_incident(row: Row[Any]) -> Incident:
    return Incident(
        row.id,
        row.dataset,
        row.rule,
        row.severity,
        Message.loads(row.message),
        row.first_seen,
        row.last_seen,
        row.times,
        row.state,
    )
