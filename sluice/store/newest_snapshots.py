"""Compare the newest snapshots of database and lake: either may have been restored from a backup that is older than the other.

The lake gets the records of a run before the database's transaction ends, so that its newest snapshot is never older than the database's. Where it is
by its own word, its tables are looked at: either they lack versions too, or the runs are of a program that wrote no records into the lake.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from sluice.errors import StoreError
from sluice.messages import make_error
from sluice.store.database import Database
from sluice.store.lake import Lake
from sluice.store.lake_records import LakeRecords, PublishedRun
from sluice.store.runs import newest, versions
from sluice.store.tables import RUNS


@dataclass(frozen=True, slots=True)
class Newest:
    """Hold the numbers of the newest snapshots.

    Attributes:
        lake: The newest of which the lake has records.
        database: The newest of the database.
    """

    lake: int
    database: int


def compare(database: Database, records: LakeRecords, lake: Lake) -> Newest:
    """Return the newest snapshots of lake and database.

    Raises:
        StoreError: The lake is older than the database, or one of them does not answer.
    """
    in_lake = records.newest()
    with database.read() as connection:
        snapshots = Newest(in_lake, newest(connection))
        if snapshots.lake >= snapshots.database:
            return snapshots
        named = {dataset: versions(connection, dataset) for dataset in published_datasets(connection)}
    for dataset, tables in named.items():
        lake.require_versions(dataset, tables)
    return snapshots


def require_recorded(snapshots: Newest, records: LakeRecords) -> Sequence[PublishedRun]:
    """Return the records of all runs in the lake, where those of every snapshot that the database lacks are among them.

    Raises:
        StoreError: Some are missing; the text has their numbers.
    """
    published = records.all()
    _require_whole(snapshots, {record.run["seq"] for record in published}, records.unrecorded())
    return published


def _require_whole(snapshots: Newest, recorded: Collection[int], unrecorded: Mapping[str, int]) -> None:
    """Pass only where the lake has records of every snapshot that the database lacks.

    Args:
        snapshots: The newest snapshots of lake and database.
        recorded: The snapshots of which the lake has records.
        unrecorded: By dataset up to which snapshot the lake may have no records.

    Raises:
        StoreError: Some are missing; the text has their numbers.
    """
    missing = sorted({*range(snapshots.database + 1, snapshots.lake + 1)} - {*recorded})
    if not missing:
        return
    datasets = ", ".join(sorted(dataset for dataset, snapshot in unrecorded.items() if snapshot >= missing[0])) or "unknown"
    raise make_error(StoreError, "database_behind_lake", number=snapshots.database, lake=snapshots.lake, runs=_numbers(missing), datasets=datasets)


def _numbers(numbers: Sequence[int]) -> str:
    """Return ascending numbers as text, with ranges.

    Example:
        >>> _numbers([4, 5, 6, 9])
        '4-6, 9'
    """
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][-1] + 1:
            ranges[-1] = [ranges[-1][0], number]
        else:
            ranges.append([number])
    return ", ".join("-".join(map(str, ends)) for ends in ranges)


def published_datasets(connection: Connection) -> Mapping[str, int]:
    """Return the newest snapshot of each dataset that has one."""
    query = select(RUNS.c.dataset, func.max(RUNS.c.seq)).where(RUNS.c.seq.is_not(None)).group_by(RUNS.c.dataset)
    return {row[0]: row[1] for row in connection.execute(query)}
