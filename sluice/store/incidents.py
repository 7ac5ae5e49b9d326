"""Follow rules that keep failing, from first seen to resolved."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, Protocol

from sqlalchemy import Connection, Row, and_, insert, or_, select

from sluice.domain import Incident, IncidentAct, Message, People, Status
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.rules import incidents as rules
from sluice.rules.people import INCIDENT_ROLE, lacks
from sluice.store.activity_log import log_act
from sluice.store.database import Database
from sluice.store.incident_rows import to_incident
from sluice.store.records import get_record, update_record
from sluice.store.tables import INCIDENTS, QUARANTINE_STATUS, RUNS, VERDICTS

READABLE = "arrival_readable"
"""Rule that an arrival breaks which cannot be read; the next one that is read resolves its incident."""

COLUMN_PRESENT = "column_present:"
"""How the ids of the rules begin that a declared column is in the file."""

_PHASE = {"ingest": "cleaned", "audit": "published"}  # the verdicts that an incident follows


class HeldRows(Protocol):
    """Know which rules hold rows."""

    def holding(self, dataset: str, rules: Collection[str]) -> set[str]:
        """Return those of the rules that hold a row now."""
        ...


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Represent what an incident's rule said of one run.

    Attributes:
        rows: Number of rows that it was evaluated on; 0 for a rule about a whole batch.
        failed: Number of rows that failed.
    """

    run: str
    at: datetime
    read: datetime
    status: Status
    rows: int
    failed: int
    message: Message


def unreadable(error: Message) -> Mapping[str, Any]:
    """Return the facts of an arrival that cannot be read, as a rule that failed."""
    return {"rule": READABLE, "severity": "critical", "status": "failed", "message": error.dumps(), "observed": "", "rows": 0}


def update_incidents(connection: Connection, dataset: str, run: str, verdicts: Iterable[Mapping[str, Any]], at: datetime, *, whole: bool = False) -> None:
    """Open or keep a dataset's incidents after a run, and note which of their rules pass; `settle_incidents` then resolves them.

    Args:
        connection: The transaction that publishes the run.
        dataset: Name of the dataset.
        run: Id of the run.
        verdicts: Facts of the run's verdicts; those of severity info and those that were skipped are ignored.
        at: The time of the run.
        whole: Whether the run is a batch, which every rule of the suite judged: an incident whose rule is in it no longer has nothing to wait for.
    """
    verdicts = list(verdicts)
    read = {"rule": READABLE, "severity": "critical", "status": "passed"}
    judged = [read, *(facts for facts in verdicts if facts["severity"] != "info")]
    failing = {facts["rule"]: facts for facts in judged if facts["status"] in ("failed", "not_evaluated")}
    passing = {facts["rule"] for facts in judged if facts["status"] == "passed"} - failing.keys()
    query = select(INCIDENTS).where(INCIDENTS.c.dataset == dataset, INCIDENTS.c.state != "resolved")
    unresolved = {row.rule: row for row in connection.execute(query)}
    for rule, row in unresolved.items():
        if rule in failing:
            update_record(connection, INCIDENTS, row.id, last_seen=at, times=row.times + 1, message=_finding(failing[rule]).dumps(), passes_since="")
        elif rule in passing and not row.passes_since:
            update_record(connection, INCIDENTS, row.id, passes_since=run)
    absent = [row for rule, row in unresolved.items() if not row.passes_since and rule not in {READABLE, *(facts["rule"] for facts in verdicts)}]
    for row in _judging_every_batch(connection, dataset, absent) if whole and verdicts else ():
        update_record(connection, INCIDENTS, row.id, passes_since=run)
    for rule, facts in failing.items():
        if rule not in unresolved:
            opened = {"first_seen": at, "last_seen": at, "times": 1, "state": "open"}
            message = _finding(facts).dumps()
            connection.execute(insert(INCIDENTS).values(dataset=dataset, rule=rule, severity=facts["severity"], message=message, **opened))


def note_replayed(connection: Connection, dataset: str, run: str, verdicts: Iterable[Mapping[str, Any]]) -> None:
    """Note that rules which hold rows pass on the rows that a replay judged again; `settle_incidents` resolves their incidents once they hold none.

    Args:
        connection: The transaction that publishes the replay.
        dataset: Name of the dataset.
        run: Id of the replay.
        verdicts: Facts of its verdicts.
    """
    passing = {facts["rule"] for facts in verdicts if facts["status"] == "passed" and facts["on_fail"] in ("quarantine", "repair")}
    query = select(INCIDENTS).where(INCIDENTS.c.dataset == dataset, INCIDENTS.c.state != "resolved", INCIDENTS.c.passes_since == "")
    for row in connection.execute(query).all() if passing else ():
        if row.rule in passing:
            update_record(connection, INCIDENTS, row.id, passes_since=run)


def settle_incidents(database: Database, held: HeldRows, dataset: str, at: datetime, run: str | None = None) -> None:
    """Resolve the incidents of a dataset whose rules pass and hold no row.

    Args:
        database: The records.
        held: Knows which rules hold rows; it is asked only where an incident may be over.
        dataset: Name of the dataset.
        at: Time of the resolution.
        run: The run that was published; None after rows were rejected.
    """
    with database.read() as connection:
        query = select(INCIDENTS).where(INCIDENTS.c.dataset == dataset, INCIDENTS.c.state != "resolved", INCIDENTS.c.passes_since != "")
        rows = connection.execute(query).all()
        if rows and run is not None and not _settles_rows(connection, run):
            rows = [row for row in rows if row.passes_since == run]
    if not rows:
        return
    holding = held.holding(dataset, {row.rule for row in rows})
    over = [row for row in rows if rules.is_settled(to_incident(row), holds_rows=row.rule in holding)]
    with database.write() as connection:
        unresolved = (get_record(connection, INCIDENTS, row.id, for_update=True) for row in sorted(over, key=lambda row: row.id))
        resolved = [row for row in unresolved if row is not None and row.passes_since and row.state != "resolved"]
        for row in resolved:
            update_record(connection, INCIDENTS, row.id, state="resolved")
        for row in resolved:
            _log(connection, row, "resolve", "sluice", _why_settled(connection, row), at)


class Incidents:
    """Read incidents, and record what people do with them."""

    def __init__(self, database: Database, held: HeldRows, clock: Callable[[], datetime], people: People) -> None:
        """Keep the database, what knows which rules hold rows, the clock that dates what people do, and who may do what."""
        self._database = database
        self._held = held
        self._clock = clock
        self._people = people

    def all(self, dataset: str | None = None, *, resolved: bool = False) -> Sequence[Incident]:
        """Return incidents, the newest first; resolved ones only with `resolved`."""
        query = select(INCIDENTS).order_by(INCIDENTS.c.last_seen.desc(), INCIDENTS.c.id.desc())
        if dataset is not None:
            query = query.where(INCIDENTS.c.dataset == dataset)
        if not resolved:
            query = query.where(INCIDENTS.c.state != "resolved")
        with self._database.read() as connection:
            return _with_runs(connection, [to_incident(row) for row in connection.execute(query)])

    def page(
        self, size: int, dataset: str | None = None, *, resolved: bool = False, before: int | None = None, among: Collection[str] | None = None
    ) -> Sequence[Incident]:
        """Return the incidents of the greatest numbers that match.

        Args:
            size: Number of incidents, at most.
            dataset: Only those of this dataset.
            resolved: Resolved ones as well.
            before: Only those of smaller numbers.
            among: Only those of these datasets; None: of any.
        """
        query = select(INCIDENTS).order_by(INCIDENTS.c.id.desc()).limit(size)
        if dataset is not None:
            query = query.where(INCIDENTS.c.dataset == dataset)
        if not resolved:
            query = query.where(INCIDENTS.c.state != "resolved")
        if before is not None:
            query = query.where(INCIDENTS.c.id < before)
        if among is not None:
            query = query.where(INCIDENTS.c.dataset.in_(among))
        with self._database.read() as connection:
            return _with_runs(connection, [to_incident(row) for row in connection.execute(query)])

    def get(self, incident: int) -> Incident:
        """Return an incident.

        Raises:
            UsageError: There is none of that number.
        """
        with self._database.read() as connection:
            row = get_record(connection, INCIDENTS, incident)
            if row is None:
                raise make_error(UsageError, "incident_unknown", incident=incident)
            return _with_runs(connection, [to_incident(row)])[0]

    def act(self, incident: int, act: IncidentAct) -> Incident:
        """Carry out what a person does with an incident; the activity log records it.

        Raises:
            UsageError: There is no such incident, nobody is named, or the act is refused: rows are still held for the rule of an incident that is to be
                resolved, or the person lacks the role that it needs.
        """
        if not act.by.strip():
            raise make_error(UsageError, "incident_unnamed")
        before = self.get(incident)
        if lacking := lacks(self._people, act.person, INCIDENT_ROLE, before.dataset):
            raise make_error(UsageError, lacking.code, **lacking.params)
        holds_rows = act.action == "resolve" and bool(self._held.holding(before.dataset, {before.rule}))
        with self._database.write() as connection:
            row = get_record(connection, INCIDENTS, incident, for_update=True)
            follows = _unresolved(connection, before) if act.action == "reopen" else None
            if refused := rules.refusal(to_incident(row), act, holds_rows=holds_rows, follows=follows):
                raise make_error(UsageError, refused)
            changes = rules.acted(act)
            row = update_record(connection, INCIDENTS, incident, **changes) if changes else row
            _log(connection, row, act.action, act.by.strip(), rules.describe_act(act), self._clock())
            return _with_runs(connection, [to_incident(row)])[0]

    def reopen_held(self, dataset: str) -> None:
        """Open the resolved incidents of a dataset again whose rules hold rows, as after a decision was undone; the activity log records it."""
        newest = {incident.rule: incident for incident in reversed(self.all(dataset, resolved=True))}
        resolved = {rule for rule, incident in newest.items() if incident.state == "resolved"}
        holding = self._held.holding(dataset, resolved) if resolved else set()
        with self._database.write() as connection:
            for row in [update_record(connection, INCIDENTS, newest[rule].id, state="open") for rule in sorted(holding)]:
                _log(connection, row, "reopen", "sluice", Message.of("incident_holds_again"), self._clock())

    def occurrences(self, incident: Incident) -> Sequence[Occurrence]:
        """Return what its rule said of each new batch and audit, the newest first."""
        query = (
            select(RUNS.c.id, RUNS.c.at, RUNS.c.kind, RUNS.c.started, VERDICTS)
            .join(VERDICTS, VERDICTS.c.run_id == RUNS.c.id)
            .where(RUNS.c.dataset == incident.dataset, VERDICTS.c.rule == incident.rule, RUNS.c.kind.in_(list(_PHASE)))
            .order_by(RUNS.c.number.desc())
        )
        with self._database.read() as connection:
            return [_to_occurrence(row) for row in connection.execute(query) if row.phase == _PHASE[row.kind]]

    def own_occurrences(self, incident: Incident) -> Sequence[Occurrence]:
        """Return what its rule said of each run since the incident began, the newest first; earlier ones are of incidents that were resolved."""
        return since_it_began(self.occurrences(incident), incident)


def since_it_began(occurrences: Sequence[Occurrence], incident: Incident) -> Sequence[Occurrence]:
    """Return the occurrences of an incident, of all that its rule has.

    Args:
        occurrences: What its rule said of each run, the newest first.
        incident: The incident.
    """
    first = next((place for place, run in enumerate(occurrences) if run.at == incident.first_seen and run.status != "passed"), None)
    return occurrences if first is None else occurrences[: first + 1]


def subject_of(incident: Incident | Row[Any]) -> Message:
    """Return how the activity log names an incident."""
    return Message.of("about_incident", incident=incident.id, dataset=incident.dataset, rule=incident.rule)


def _with_runs(connection: Connection, incidents: Sequence[Incident]) -> list[Incident]:
    """Add to incidents when the runs in which they failed first and last were read, and the batch of the last one."""
    column = RUNS.c
    chosen = (column.dataset.in_({incident.dataset for incident in incidents}), column.kind.in_(list(_PHASE)))
    query = select(column.dataset, column.at, column.started, column.uri, column.id).where(*chosen).order_by(column.number)
    runs: dict[tuple[str, datetime], list[Any]] = {}
    for run in connection.execute(query) if incidents else ():
        runs.setdefault((run.dataset, run.at), []).append(run)
    return [_with_run(_with_passing(connection, incident), runs) for incident in incidents]


def _with_passing(connection: Connection, incident: Incident) -> Incident:
    """Say of an incident that was reopened that its rule passes, where it did when it was judged last: it stays open all the same."""
    if incident.passing or incident.state != "open":
        return incident
    followed = or_(*(and_(RUNS.c.kind == kind, VERDICTS.c.phase == phase) for kind, phase in _PHASE.items()))
    chosen = (RUNS.c.dataset == incident.dataset, VERDICTS.c.rule == incident.rule, followed)
    judged = select(VERDICTS.c.status).join(RUNS, RUNS.c.id == VERDICTS.c.run_id).where(*chosen)
    newest = judged.order_by(VERDICTS.c.id.desc()).limit(1)  # by the number of the run, the verdicts of all years would be sorted
    return replace(incident, passing=connection.execute(newest).scalar() == "passed")


def _with_run(incident: Incident, runs: Mapping[tuple[str, datetime], Sequence[Any]]) -> Incident:
    first, last = (runs.get((incident.dataset, at)) for at in (incident.first_seen, incident.last_seen))
    read = {"first_read": first[0].started} if first else {}
    return replace(incident, **read, **({"last_read": last[-1].started, "batch": PurePosixPath(last[-1].uri).name or last[-1].id} if last else {}))


def _judging_every_batch(connection: Connection, dataset: str, incidents: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Return the incidents of rules that judge every batch while they are configured, those of cleaners and of the schema among them.

    A cleaner that found nothing gives no verdict, nor does the schema where nothing is in doubt.
    """
    names = [row.rule for row in incidents]
    judged = select(VERDICTS.c.rule).join(RUNS, RUNS.c.id == VERDICTS.c.run_id).where(RUNS.c.dataset == dataset, VERDICTS.c.nature != "detector")
    suite = set(connection.scalars(judged.where(VERDICTS.c.rule.in_(names)).distinct())) if names else set()
    return [row for row in incidents if row.rule in suite or row.rule.startswith(COLUMN_PRESENT)]


def _why_settled(connection: Connection, incident: Row[Any]) -> Message:
    """Return why an incident is over: the run since which it passes judged its rule, or has it no longer."""
    of_rule = select(VERDICTS.c.rule).where(VERDICTS.c.rule == incident.rule).limit(1)
    judged = of_rule.where((VERDICTS.c.run_id == incident.passes_since) | (VERDICTS.c.nature == "cleaner"))
    if incident.rule == READABLE or connection.execute(judged).first() is not None:
        return Message.of("incident_settled")
    return Message.of("incident_column_settled" if incident.rule.startswith(COLUMN_PRESENT) else "incident_rule_gone")


def _settles_rows(connection: Connection, run: str) -> bool:
    return connection.execute(select(QUARANTINE_STATUS.c.row_id).where(QUARANTINE_STATUS.c.run_id == run).limit(1)).first() is not None


def _unresolved(connection: Connection, incident: Incident) -> int | None:
    """Return the number of another unresolved incident of the same rule; None where there is none."""
    same = (INCIDENTS.c.dataset == incident.dataset, INCIDENTS.c.rule == incident.rule, INCIDENTS.c.state != "resolved", INCIDENTS.c.id != incident.id)
    return connection.execute(select(INCIDENTS.c.id).where(*same)).scalar()


def _log(connection: Connection, incident: Row[Any] | None, what: str, who: str, reason: Message, at: datetime) -> None:
    assert incident is not None  # noqa: S101  # incidents are never deleted
    log_act(connection, at=at, who=who, what=what, subject=subject_of(incident), reason=reason)


def _finding(facts: Mapping[str, Any]) -> Message:
    return rules.finding(facts["status"], Message.loads(facts["message"]), Message.loads(facts["observed"]), rows=facts["rows"])


def _to_occurrence(row: Row[Any]) -> Occurrence:
    message = rules.finding(row.status, Message.loads(row.message), Message.loads(row.observed), rows=row.rows)
    return Occurrence(row.run_id, row.at, row.started or row.at, row.status, row.rows, row.failed, message)
