"""Follow rules that keep failing, from first seen to resolved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from sluice.domain import Incident, Message
from sluice.errors import UsageError
from sluice.store.database import Database
from sluice.store.tables import ActivityRow, IncidentRow

READABLE = "arrival_readable"
"""Rule that an arrival breaks which cannot be read; the next one that is read resolves its incident."""


def unreadable(error: Message) -> Mapping[str, Any]:
    """Return the facts of an arrival that cannot be read, as a rule that failed."""
    return {"rule": READABLE, "severity": "critical", "status": "failed", "message": error.dumps()}


def update_incidents(session: Session, dataset: str, verdicts: Iterable[Mapping[str, Any]], at: datetime) -> None:
    """Open, keep or resolve a dataset's incidents after a run.

    Args:
        session: The transaction that publishes the run.
        dataset: Name of the dataset.
        verdicts: Facts of the run's verdicts; those of severity info and those that were skipped are ignored.
        at: The time of the run.
    """
    judged = [{"rule": READABLE, "severity": "critical", "status": "passed"}, *(facts for facts in verdicts if facts["severity"] != "info")]
    failing = {facts["rule"]: facts for facts in judged if facts["status"] in ("failed", "not_evaluated")}
    passing = {facts["rule"] for facts in judged if facts["status"] == "passed"} - failing.keys()
    query = select(IncidentRow).where(IncidentRow.dataset == dataset, IncidentRow.state != "resolved")
    unresolved = {row.rule: row for row in session.scalars(query)}
    for rule, row in unresolved.items():
        if rule in failing:
            row.last_seen, row.times, row.message = at, row.times + 1, failing[rule]["message"]
        elif rule in passing:
            row.state = "resolved"
    for rule, facts in failing.items():
        if rule not in unresolved:
            opened = {"first_seen": at, "last_seen": at, "times": 1, "state": "open"}
            session.add(IncidentRow(dataset=dataset, rule=rule, severity=facts["severity"], message=facts["message"], **opened))


class Incidents:
    """Read incidents, acknowledge and resolve them."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        """Keep the database, and the clock that dates what people do."""
        self._database = database
        self._clock = clock

    def all(self, dataset: str | None = None, *, resolved: bool = False) -> Sequence[Incident]:
        """Return incidents, the newest first; resolved ones only with `resolved`."""
        query = select(IncidentRow).order_by(IncidentRow.last_seen.desc(), IncidentRow.id.desc())
        if dataset is not None:
            query = query.where(IncidentRow.dataset == dataset)
        if not resolved:
            query = query.where(IncidentRow.state != "resolved")
        with self._database.read() as session:
            return [_to_incident(row) for row in session.scalars(query)]

    def mark(self, incident: int, state: Literal["acknowledged", "resolved"], *, by: str, reason: str = "") -> Incident:
        """Acknowledge or resolve an incident; the activity log records who did.

        Raises:
            UsageError: There is no such incident.
        """
        with self._database.write() as session:
            row = session.get(IncidentRow, incident)
            if row is None:
                raise UsageError(f"there is no incident {incident}")
            row.state = state
            session.add(ActivityRow(at=self._clock(), who=by, what=state, subject=f"incident {incident}: {row.dataset} {row.rule}", reason=reason))
            return _to_incident(row)


def _to_incident(row: IncidentRow) -> Incident:
    return Incident(
        row.id,
        row.dataset,
        row.rule,
        row.severity,  # type: ignore[arg-type]  # only what a Verdict held is written
        Message.loads(row.message),
        row.first_seen,
        row.last_seen,
        row.times,
        row.state,  # type: ignore[arg-type]  # as above
    )
