"""Record the runs that the lake has and the database does not: it was restored from a backup that is older than the lake."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from sqlalchemy import Connection, delete, insert, select, update

from sluice.store.database import Database
from sluice.store.incidents import update_incidents
from sluice.store.lake import Lake
from sluice.store.lake_records import LakeRecords, PublishedRun
from sluice.store.newest_snapshots import Newest, compare, published_datasets, require_recorded
from sluice.store.records import get_record
from sluice.store.runs import newest, next_number
from sluice.store.tables import COUNTERS, PROFILES, RUNS, VALUE_SCORES, VERDICTS

_LOG = logging.getLogger(__name__)


def restore_runs(database: Database, records: LakeRecords, lake: Lake) -> Sequence[str]:
    """Record the published runs that only the lake knows, and let numbers go on from theirs; return their ids.

    Args:
        database: The records.
        records: What the lake knows.
        lake: The tables.

    Raises:
        StoreError: The lake is older than the database, it lacks records of runs that the database lacks, or one of them does not answer.
    """
    snapshots = compare(database, records, lake)
    if snapshots.lake < snapshots.database:
        _mark(database, records)
    return _restore_all(database, records) if snapshots.lake > snapshots.database else ()


def _mark(database: Database, records: LakeRecords) -> None:
    """Write into the lake that it has no records of the database's runs: those of a program that wrote none."""
    with database.write() as connection:
        _lock(connection)
        if records.newest() < newest(connection):
            records.mark(published_datasets(connection), newest(connection))


def _lock(connection: Connection) -> None:
    """Wait for whoever publishes, and let nobody publish before the transaction ends."""
    connection.execute(update(COUNTERS).where(COUNTERS.c.name == "snapshot").values(value=COUNTERS.c.value))


def _restore_all(database: Database, records: LakeRecords) -> Sequence[str]:
    with database.write() as connection:
        _lock(connection)
        published = require_recorded(Newest(records.newest(), newest(connection)), records)
        facts = [record.run for record in published]
        _raise_counter(connection, "snapshot", max((run["seq"] for run in facts), default=0))
        _raise_counter(connection, "run", max((run["number"] for run in facts), default=0))
        missing = [lost for lost in published if not _is_published(connection, lost.run["id"])]
        for lost in missing:
            _restore(connection, lost, records)
    restored = [lost.run["id"] for lost in missing]
    if restored:  # none where another worker was publishing meanwhile
        _LOG.warning("the database was older than the lake: %d runs were recorded again from the lake: %s", len(restored), ", ".join(restored[:5]))
    return restored


def _raise_counter(connection: Connection, counter: str, value: int) -> None:
    connection.execute(update(COUNTERS).where(COUNTERS.c.name == counter, COUNTERS.c.value < value).values(value=value))


def _is_published(connection: Connection, run_id: str) -> bool:
    row = get_record(connection, RUNS, run_id)
    return row is not None and row.state == "published"


def _restore(connection: Connection, lost: PublishedRun, records: LakeRecords) -> None:
    """Record a run as it was when it was published; its numbers are new where another run has them by now."""
    connection.execute(delete(RUNS).where(RUNS.c.id == lost.run["id"]))
    numbers = {"number": _free(connection, lost, "number", "run"), "seq": _free(connection, lost, "seq", "snapshot")}
    run = {**lost.run, **numbers}
    connection.execute(insert(RUNS).values(run))
    if run != lost.run:
        records.renumber(replace(lost, run=run), lost)  # otherwise its new snapshot would be missing in the lake
    if lost.verdicts:
        connection.execute(insert(VERDICTS), list(lost.verdicts))
    if lost.profiles:
        connection.execute(insert(PROFILES), list(lost.profiles))
    if lost.value_scores:
        connection.execute(insert(VALUE_SCORES), list(lost.value_scores))
    lost.changes.forget(connection)
    lost.changes.record(connection)
    if lost.run["kind"] in ("ingest", "audit"):
        phases = ("cleaned", "published")
        of_phases = [[verdict for verdict in lost.verdicts if verdict["phase"] == phase] for phase in phases]
        update_incidents(connection, lost.run["dataset"], lost.run["id"], of_phases[0] or of_phases[1], lost.run["at"])


def _free(connection: Connection, lost: PublishedRun, column: str, counter: Literal["snapshot", "run"]) -> int:
    taken = connection.scalars(select(RUNS.c.id).where(RUNS.c[column] == lost.run[column])).first()
    return int(lost.run[column]) if taken is None else next_number(connection, counter)
