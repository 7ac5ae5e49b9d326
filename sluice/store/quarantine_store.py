"""Read held rows and applied repairs, and record what becomes of them: released, rejected, or held again after an undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl
from sqlalchemy import Connection, delete, insert, select

from sluice.domain import REASONS, REPAIRS, ROW, RUN, STATE, Request, canonical, counted
from sluice.ports import Lease
from sluice.store.commit_plan import replaced_rows
from sluice.store.database import Database
from sluice.store.lake import Lake, Table
from sluice.store.leases import fence
from sluice.store.records import get_record
from sluice.store.run_record import RunRecord
from sluice.store.runs import versions
from sluice.store.tables import ACTIVITY, QUARANTINE_STATUS, REQUESTS, UNDONE_REPAIRS

_CHUNK = 500  # SQLite takes few parameters a statement


class QuarantineStore:
    """Read what is held now and which repairs stand, and record rejections."""

    def __init__(self, database: Database, lake: Lake, clock: Callable[[], datetime]) -> None:
        """Keep both, and the clock that dates rejections."""
        self._database = database
        self._lake = lake
        self._clock = clock

    def held(self, dataset: str, *, rows: Sequence[str] = (), rule: str | None = None) -> pl.DataFrame:
        """Return rows that are neither released nor rejected: all, those named, or those whose only reason is one rule."""
        quarantine, settled = self._current("quarantine", dataset), self._settled(dataset)
        if not quarantine.collect_schema().names():
            return pl.DataFrame(schema={ROW: pl.String, REASONS: pl.Null, RUN: pl.String})
        if rows:
            quarantine = quarantine.filter(pl.col(ROW).is_in(list(rows)))
        if rule is not None:
            names = pl.col(REASONS).list.eval(pl.element().struct.field("name") == canonical(rule))
            quarantine = quarantine.filter(names.list.all() & (names.list.len() > 0))
        return quarantine.join(settled.lazy(), on=ROW, how="anti", maintain_order="left").collect()

    def reasons(self, dataset: str, bad: pl.DataFrame) -> pl.DataFrame:
        """Return ids and reasons of those of the given rows that are in the quarantine already."""
        if bad.is_empty():
            return bad.select(ROW, REASONS)
        quarantine = self._current("quarantine", dataset)
        if not quarantine.collect_schema().names():
            return bad.select(ROW, REASONS).clear()
        return quarantine.select(ROW, REASONS).filter(pl.col(ROW).is_in(bad[ROW].to_list())).collect()

    def replaced(self, record: RunRecord, rows: Mapping[Table, pl.DataFrame]) -> list[str]:
        """Return the ids of held rows in whose place a batch publishes others."""
        ids = replaced_rows(rows)[ROW].to_list() if record.kind == "ingest" else []
        return self.held(record.dataset, rows=ids)[ROW].to_list() if ids else []

    def repairs(self, dataset: str, *, ids: Sequence[str] = ()) -> pl.DataFrame:
        """Return applied repairs that were not undone: all, or those named (schema REPAIRS and `_run_id`)."""
        repairs = self._current("repairs", dataset)
        if not repairs.collect_schema().names():
            return pl.DataFrame(schema={**REPAIRS, RUN: pl.String})
        with self._database.read() as connection:
            undone = connection.scalars(select(UNDONE_REPAIRS.c.repair_id).where(UNDONE_REPAIRS.c.dataset == dataset)).all()
        repairs = repairs.filter(pl.col("applied"), ~pl.col("repair_id").is_in(list(undone)))
        return (repairs.filter(pl.col("repair_id").is_in(list(ids))) if ids else repairs).collect()

    def reject(self, lease: Lease, request: Request, rows: Sequence[str]) -> None:
        """Record that held rows are rejected for good; rows that are released or rejected already stay as they are.

        Raises:
            Fenced: The lease was taken over.
        """
        with self._database.write() as connection:
            fence(connection, lease)
            at = self._clock()
            settled = set(connection.scalars(select(QUARANTINE_STATUS.c.row_id).where(QUARANTINE_STATUS.c.dataset == request.dataset)))
            rejected = [row for row in dict.fromkeys(rows) if row not in settled]
            _set_status(connection, request.dataset, rejected, state="rejected", by=request.by, reason=request.note, at=at, run_id=None)
            subject = f"{request.dataset}: {counted(len(rejected), 'row')}" + (f" held for {request.rule}" if request.rule else "")
            connection.execute(insert(ACTIVITY).values(at=at, who=request.by, what="reject", subject=subject, reason=request.note))

    def _current(self, table: Table, dataset: str) -> pl.LazyFrame:
        with self._database.read() as connection:
            return self._lake.scan(table, dataset, versions(connection, dataset).get(table))

    def _settled(self, dataset: str) -> pl.DataFrame:
        with self._database.read() as connection:
            ids = connection.scalars(select(QUARANTINE_STATUS.c.row_id).where(QUARANTINE_STATUS.c.dataset == dataset)).all()
        return pl.DataFrame({ROW: list(ids)}, schema={ROW: pl.String})


def record_statuses(connection: Connection, record: RunRecord, rows: Mapping[Table, pl.DataFrame], at: datetime) -> None:
    """Record what a run means for quarantined rows, in the transaction that publishes it.

    Rows that a release or replay publishes are released, those that repeat a published row are copies or superseded; rows that
    an undo finds bad are held again, and its repairs are undone.
    """
    if record.kind in ("release", "replay"):
        request = get_record(connection, REQUESTS, record.batch_id.removeprefix("release-").partition(".")[0])
        by, reason = (request.by, request.note) if request else ("sluice", "judged again: what they waited for has come")
        released = rows["clean"][ROW].to_list()
        _set_status(connection, record.dataset, released, state="released", by=by, reason=reason, at=at, run_id=record.batch_id)
        for (state,), repeats in rows["repeats"].join(replaced_rows(rows), on=ROW, how="anti").partition_by(STATE, as_dict=True).items():
            _set_status(connection, record.dataset, repeats[ROW].to_list(), state=state, by=by, reason=reason, at=at, run_id=record.batch_id)
    if record.kind == "rebuild":
        _clear_status(connection, record.dataset, rows["quarantine"].filter(pl.col(RUN) == record.batch_id)[ROW].to_list())
    if record.kind == "undo":
        _clear_status(connection, record.dataset, rows["quarantine"][ROW].to_list())
        repair_ids = rows["repairs"]["repair_id"].unique()
        undone = [{"dataset": record.dataset, "repair_id": repair_id, "run_id": record.batch_id, "at": at} for repair_id in repair_ids]
        if undone:
            connection.execute(insert(UNDONE_REPAIRS), undone)


def supersede_held(connection: Connection, record: RunRecord, rows: Sequence[str], at: datetime) -> None:
    """Record, in the transaction that publishes a batch, that its rows stand in the place of held ones."""
    reason = "a later row of its key was published"
    _set_status(connection, record.dataset, rows, state="superseded", by="sluice", reason=reason, at=at, run_id=record.batch_id)


def _set_status(connection: Connection, dataset: str, rows: Sequence[str], **facts: Any) -> None:  # noqa: ANN401  # the columns of QUARANTINE_STATUS
    if rows:
        connection.execute(insert(QUARANTINE_STATUS), [{"dataset": dataset, "row_id": row, **facts} for row in rows])


def _clear_status(connection: Connection, dataset: str, rows: Sequence[str]) -> None:
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        connection.execute(delete(QUARANTINE_STATUS).where(QUARANTINE_STATUS.c.dataset == dataset, QUARANTINE_STATUS.c.row_id.in_(chunk)))
