"""Delete records that are older than retention keeps them, and that nothing needs any more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, delete, func, or_, select, tuple_

from sluice.store.database import Database
from sluice.store.tables import (
    ALERT_INCIDENTS,
    ALERTS,
    DECISIONS,
    GUARDED,
    HEARTBEATS,
    INCIDENTS,
    MODEL_ANSWERS,
    MODEL_PROPOSALS,
    OVERRIDES,
    PROFILES,
    REQUESTS,
    RUNS,
    SCHEDULED_RUNS,
    UNANSWERED_QUERIES,
    VALUE_SCORES,
    VERDICTS,
)

NEWEST_RUNS = 100  # of each dataset, whose verdicts stay however old they are
_Old: TypeAlias = Sequence[tuple[Table, ColumnElement[bool]]]


class OldRecords:
    """Count and delete old records by kind; a record that something refers to stays until that is gone."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def delete(self, kind: str, since: datetime, *, dry_run: bool = False) -> Mapping[str, int]:
        """Delete the records of a kind from before a moment; return their numbers by table, a dry run without deleting them.

        Args:
            kind: One of `KINDS`.
            since: Records of this moment, or later, stay.
            dry_run: Count alone.
        """
        if dry_run:
            with self._database.read() as connection:
                old = KINDS[kind](connection, since)
                return {table.name: connection.execute(select(func.count()).select_from(table).where(where)).scalar_one() for table, where in old}
        with self._database.write() as connection:
            return {table.name: connection.execute(delete(table).where(where)).rowcount for table, where in KINDS[kind](connection, since)}


def _verdicts(connection: Connection, since: datetime) -> _Old:
    """Choose what describes old runs; verdicts that a recheck looks for stay: those that were not evaluated, and those of rechecks."""
    old = select(RUNS.c.id).where(func.coalesce(RUNS.c.finished, RUNS.c.at) < since, RUNS.c.kind != "recheck", _before_newest(connection))
    newest = select(func.max(GUARDED.c.id)).group_by(GUARDED.c.dataset)
    return (
        (VERDICTS, VERDICTS.c.run_id.in_(old) & (VERDICTS.c.status != "not_evaluated")),
        (PROFILES, PROFILES.c.run_id.in_(old)),
        (VALUE_SCORES, VALUE_SCORES.c.run_id.in_(old)),
        (GUARDED, (GUARDED.c.at < since) & GUARDED.c.id.not_in(newest)),
    )


def _before_newest(connection: Connection) -> ColumnElement[bool]:
    conditions = []
    for dataset in connection.scalars(select(RUNS.c.dataset).distinct()).all():
        numbers = select(RUNS.c.number).where(RUNS.c.dataset == dataset).order_by(RUNS.c.number.desc())
        if (least := connection.scalars(numbers.offset(NEWEST_RUNS - 1).limit(1)).first()) is not None:
            conditions.append(and_(RUNS.c.dataset == dataset, RUNS.c.number < least))
    return or_(RUNS.c.id.in_([]), *conditions)


def _alerts(_: Connection, since: datetime) -> _Old:
    """Choose alerts that were sent or muted, but for those of an incident that goes on: reminders are counted from them."""
    unresolved = select(ALERT_INCIDENTS.c.alert_id).join(INCIDENTS, INCIDENTS.c.id == ALERT_INCIDENTS.c.incident_id).where(INCIDENTS.c.state != "resolved")
    old = ALERTS.c.state.in_(("sent", "muted")) & (ALERTS.c.at < since) & ALERTS.c.id.not_in(unresolved)
    return (ALERT_INCIDENTS, ALERT_INCIDENTS.c.alert_id.in_(select(ALERTS.c.id).where(old))), (ALERTS, old)


def _incidents(_: Connection, since: datetime) -> _Old:
    named = select(ALERT_INCIDENTS.c.incident_id)
    return ((INCIDENTS, (INCIDENTS.c.state == "resolved") & (INCIDENTS.c.last_seen < since) & INCIDENTS.c.id.not_in(named)),)


def _requests(_: Connection, since: datetime) -> _Old:
    return ((REQUESTS, REQUESTS.c.finished < since),)


def _decisions(_: Connection, since: datetime) -> _Old:
    """Choose decisions that were used, but for the newest of each dataset, and overrides that none of them names."""
    newest = select(func.max(DECISIONS.c.id)).group_by(DECISIONS.c.dataset)
    named = select(DECISIONS.c.override_id).where(DECISIONS.c.override_id.is_not(None))
    return (
        (DECISIONS, (DECISIONS.c.at < since) & DECISIONS.c.id.not_in(newest)),
        (OVERRIDES, (OVERRIDES.c.expires < since) & OVERRIDES.c.id.not_in(named)),
    )


def _firings(_: Connection, since: datetime) -> _Old:
    newest = select(SCHEDULED_RUNS.c.job, func.max(SCHEDULED_RUNS.c.fire_time)).where(SCHEDULED_RUNS.c.state == "done").group_by(SCHEDULED_RUNS.c.job)
    last = select(func.max(HEARTBEATS.c.at)).scalar_subquery()
    return (
        (SCHEDULED_RUNS, (SCHEDULED_RUNS.c.at < since) & ~_pair_in(newest)),
        (HEARTBEATS, (HEARTBEATS.c.at < since) & (HEARTBEATS.c.at != last)),
    )


def _pair_in(newest: Select[tuple[str, str]]) -> ColumnElement[bool]:
    return tuple_(SCHEDULED_RUNS.c.job, SCHEDULED_RUNS.c.fire_time).in_(newest)


def _queries(_: Connection, since: datetime) -> _Old:
    return ((UNANSWERED_QUERIES, UNANSWERED_QUERIES.c.last < since),)


def _answers(_: Connection, since: datetime) -> _Old:
    return (MODEL_ANSWERS, MODEL_ANSWERS.c.at < since), (MODEL_PROPOSALS, MODEL_PROPOSALS.c.at < since)


KINDS: Mapping[str, Callable[[Connection, datetime], _Old]] = {
    "verdicts": _verdicts,
    "alerts": _alerts,
    "incidents": _incidents,
    "requests": _requests,
    "decisions": _decisions,
    "firings": _firings,
    "queries": _queries,
    "answers": _answers,
}
"""By kind, which records are old; those of the first table are deleted first."""
