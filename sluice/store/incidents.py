"""What keeps failing, from first seen to resolved."""

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

READABLE = "arrival can be read"


def unreadable(error: Message) -> Mapping[str, Any]:
    """The facts of a rule that an arrival breaks which is set aside; the next one that is read resolves it."""
    return {"rule": READABLE, "severity": "critical", "status": "failed", "message": error.dumps()}


def follow(session: Session, dataset: str, verdicts: Iterable[Mapping[str, Any]], at: datetime) -> None:
    """Open, keep or resolve a dataset's incidents after a run.

    Args:
        session: The transaction that publishes the run.
        dataset: Whose incidents.
        verdicts: The facts of what was judged; those of severity info and those that were skipped say nothing.
        at: The time of the run.
    """
    told = [{"rule": READABLE, "severity": "critical", "status": "passed"}, *(each for each in verdicts if each["severity"] != "info")]
    failing = {each["rule"]: each for each in told if each["status"] in ("failed", "not_evaluated")}
    passing = {each["rule"] for each in told if each["status"] == "passed"} - failing.keys()
    unresolved = session.scalars(select(IncidentRow).where(IncidentRow.dataset == dataset, IncidentRow.state != "resolved"))
    known = {row.rule: row for row in unresolved}
    for rule, row in known.items():
        if rule in failing:
            row.last_seen, row.times, row.message = at, row.times + 1, failing[rule]["message"]
        elif rule in passing:
            row.state = "resolved"
    for rule, each in failing.items():
        if rule not in known:
            row = IncidentRow(
                dataset=dataset, rule=rule, severity=each["severity"], message=each["message"], first_seen=at, last_seen=at, times=1, state="open"
            )
            session.add(row)


class Incidents:
    """Reads incidents, and what people make of them."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        """Keep the database, and the clock that dates what people do."""
        self._database = database
        self._clock = clock

    def all(self, dataset: str | None = None, *, resolved: bool = False) -> Sequence[Incident]:
        """Incidents, the newest first; resolved ones only where asked for."""
        query = select(IncidentRow).order_by(IncidentRow.last_seen.desc(), IncidentRow.id.desc())
        if dataset is not None:
            query = query.where(IncidentRow.dataset == dataset)
        if not resolved:
            query = query.where(IncidentRow.state != "resolved")
        with self._database.read() as session:
            return [_to_incident(row) for row in session.scalars(query)]

    def mark(self, incident: int, state: Literal["acknowledged", "resolved"], *, by: str, why: str = "") -> Incident:
        """Acknowledge or resolve one; the log says who did.

        Raises:
            UsageError: There is no such incident.
        """
        with self._database.write() as session:
            row = session.get(IncidentRow, incident)
            if row is None:
                raise UsageError(f"there is no incident {incident}")
            row.state = state
            session.add(ActivityRow(at=self._clock(), who=by, what=state, subject=f"incident {incident}: {row.dataset} {row.rule}", why=why))
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
