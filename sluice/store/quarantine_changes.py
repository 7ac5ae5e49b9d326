"""Work out what a run means for rows that were held before, and record it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import polars as pl
from sqlalchemy import Connection, Table, delete, insert, literal, select

from sluice.domain import ROW, RUN, STATE, Message
from sluice.rules.releases import request_id
from sluice.store.commit_plan import replaced_rows
from sluice.store.lake_tables import Table as LakeTable
from sluice.store.lists import listed
from sluice.store.records import get_record
from sluice.store.run_record import RunRecord
from sluice.store.runs import next_number
from sluice.store.tables import QUARANTINE_STATUS, REQUESTS, UNDONE_REPAIRS

_SLUICE = "sluice"


@dataclass(frozen=True, slots=True)
class QuarantineChanges:
    """Hold what a run changes in the records of held rows.

    Attributes:
        dataset: Name of the dataset.
        cleared: Ids of rows that are held again.
        statuses: Records of rows that are held no longer.
        undone: Records of repairs that are taken back.
    """

    dataset: str
    cleared: Sequence[str] = ()
    statuses: Sequence[Mapping[str, Any]] = ()
    undone: Sequence[Mapping[str, Any]] = ()

    def record(self, connection: Connection) -> None:
        """Record the changes in a transaction."""
        if self.cleared:
            next_number(connection, "taken_back")
            _delete(connection, QUARANTINE_STATUS, self.dataset, "row_id", self.cleared)
        if self.statuses:
            insert_statuses(connection, self.statuses)
        if self.undone:
            connection.execute(insert(UNDONE_REPAIRS), list(self.undone))

    def forget(self, connection: Connection) -> None:
        """Remove what is recorded of the rows and repairs that change."""
        next_number(connection, "taken_back")
        _delete(connection, QUARANTINE_STATUS, self.dataset, "row_id", [status["row_id"] for status in self.statuses])
        _delete(connection, UNDONE_REPAIRS, self.dataset, "repair_id", [repair["repair_id"] for repair in self.undone])


def quarantine_changes(
    connection: Connection, record: RunRecord, rows: Mapping[LakeTable, pl.DataFrame], replaced: Sequence[str], at: datetime
) -> QuarantineChanges:
    """Return what a run means for rows that were held before.

    Rows that a release or replay publishes are released, those that repeat a published row are copies or superseded, as are held rows in whose place
    a batch publishes others, or a newer table. Rows that a recheck, an undo or a mapping of values finds bad, or that an undo takes back, are held again,
    and the repairs of an undo are undone.

    Args:
        connection: The transaction that publishes the run.
        record: Its record.
        rows: Its rows by table.
        replaced: Ids of held rows that it supersedes.
        at: When it is published.
    """
    if record.kind in ("release", "replay"):
        return QuarantineChanges(record.dataset, statuses=[*_settled(connection, record, rows, at), *_superseded(record, replaced, at)])
    if record.kind == "rebuild":
        return QuarantineChanges(record.dataset, rows["quarantine"].filter(pl.col(RUN) == record.batch_id)[ROW].to_list())
    if record.kind in ("recheck", "undo", "undo_release", "map_values"):
        repairs = rows["repairs"]["repair_id"].unique(maintain_order=True) if record.kind in ("undo", "undo_release") else ()
        undone = [{"dataset": record.dataset, "repair_id": repair, "run_id": record.batch_id, "at": at} for repair in repairs]
        superseded = _superseded(record, replaced, at)
        return QuarantineChanges(record.dataset, rows["quarantine"][ROW].to_list(), superseded, undone)
    forgotten = forgotten_rows(record.dataset, record.rejected, at).statuses
    return QuarantineChanges(record.dataset, statuses=[*_superseded(record, replaced, at), *forgotten])


def forgotten_rows(dataset: str, rows: Sequence[str], at: datetime) -> QuarantineChanges:
    """Return the records of rows of people who were forgotten: they are rejected, whatever they were, and named by no request that could be undone.

    Args:
        dataset: Name of the dataset.
        rows: Ids of the rows.
        at: When they are rejected.
    """
    facts = {"dataset": dataset, "run_id": None, "state": "rejected", "by": _SLUICE, "reason": _why("row_forgotten"), "at": at}
    return QuarantineChanges(dataset, rows, [{**facts, "row_id": row} for row in rows])


def _superseded(record: RunRecord, replaced: Sequence[str], at: datetime) -> list[Mapping[str, Any]]:
    table = (record.layout or {}).get("mode") == "snapshot"
    return _statuses(record, replaced, state="superseded", by=_SLUICE, reason=_why("row_outdated_by_table" if table else "row_outdated"), at=at)


def _settled(connection: Connection, record: RunRecord, rows: Mapping[LakeTable, pl.DataFrame], at: datetime) -> Sequence[Mapping[str, Any]]:
    request = get_record(connection, REQUESTS, request_id(record.batch_id))
    by, reason = (request.by, request.note) if request else (_SLUICE, _why("row_waited"))
    statuses = _statuses(record, rows["clean"][ROW].to_list(), state="released", by=by, reason=reason, at=at)
    for (state,), repeats in rows["repeats"].join(replaced_rows(rows), on=ROW, how="anti").partition_by(STATE, as_dict=True).items():
        statuses += _statuses(record, repeats[ROW].to_list(), state=state, by=by, reason=reason, at=at)
    return statuses


def _statuses(record: RunRecord, rows: Sequence[str], **facts: Any) -> list[Mapping[str, Any]]:  # noqa: ANN401  # the columns of QUARANTINE_STATUS
    return [{"dataset": record.dataset, "row_id": row, "run_id": record.batch_id, **facts} for row in rows]


def _why(code: str) -> str:
    return Message.of(code).dumps()


def insert_statuses(connection: Connection, statuses: Sequence[Mapping[str, Any]]) -> None:
    """Record that rows are held no longer; those of which the same is recorded are one statement.

    Args:
        connection: A transaction.
        statuses: Columns of the records, beside the number that all of them get.
    """
    number, columns = next_number(connection, "disposition"), QUARANTINE_STATUS.c
    names = [column.name for column in columns if column.name not in ("row_id", "number")]
    for facts, rows in groupby(statuses, key=itemgetter(*names)):
        constants = [literal(value, columns[name].type).label(name) for name, value in zip(names, facts, strict=True)]
        ids = listed(connection, [status["row_id"] for status in rows]).c.value
        query = select(ids, literal(number, columns.number.type), *constants)
        connection.execute(insert(QUARANTINE_STATUS).from_select(["row_id", "number", *names], query))


def _delete(connection: Connection, table: Table, dataset: str, column: str, values: Sequence[str]) -> None:
    connection.execute(delete(table).where(table.c.dataset == dataset, table.c[column].in_(select(listed(connection, values).c.value))))
