"""Held rows, and what becomes of them: released, rejected, or held again after an undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from sluice.domain import REASONS, REPAIRS, ROW, RUN, Request, counted
from sluice.ports import Lease
from sluice.store.database import Database
from sluice.store.lake import Lake, Table
from sluice.store.leases import fence
from sluice.store.run_record import RunRecord
from sluice.store.runs import versions
from sluice.store.tables import ActivityRow, QuarantineStatusRow, RequestRow, UndoneRepairRow

_CHUNK = 500  # SQLite takes few parameters a statement


class QuarantineStore:
    """Reads what is held now, and which repairs stand; records rejections."""

    def __init__(self, database: Database, lake: Lake, clock: Callable[[], datetime]) -> None:
        """Keep both, and the clock that dates rejections."""
        self._database = database
        self._lake = lake
        self._clock = clock

    def held(self, dataset: str, *, rows: Sequence[str] = (), rule: str | None = None) -> pl.DataFrame:
        """Rows that are neither released nor rejected: all, those named, or those whose only reason is one rule."""
        quarantine, settled = self._current("quarantine", dataset), self._settled(dataset)
        if not quarantine.collect_schema().names():
            return pl.DataFrame(schema={ROW: pl.String, REASONS: pl.Null, RUN: pl.String})
        if rows:
            quarantine = quarantine.filter(pl.col(ROW).is_in(list(rows)))
        if rule is not None:
            names = pl.col(REASONS).list.eval(pl.element().struct.field("name") == rule)
            quarantine = quarantine.filter(names.list.all() & (names.list.len() > 0))
        return quarantine.join(settled.lazy(), on=ROW, how="anti", maintain_order="left").collect()

    def reasons(self, dataset: str, bad: pl.DataFrame) -> pl.DataFrame:
        """Ids and reasons of those of the given rows that are in the quarantine already."""
        if bad.is_empty():
            return bad.select(ROW, REASONS)
        there = self._current("quarantine", dataset)
        if not there.collect_schema().names():
            return bad.select(ROW, REASONS).clear()
        return there.select(ROW, REASONS).filter(pl.col(ROW).is_in(bad[ROW].to_list())).collect()

    def repairs(self, dataset: str, *, ids: Sequence[str] = ()) -> pl.DataFrame:
        """Applied repairs that were not taken back: all, or those named (schema REPAIRS and `_run_id`)."""
        there = self._current("repairs", dataset)
        if not there.collect_schema().names():
            return pl.DataFrame(schema={**REPAIRS, RUN: pl.String})
        with self._database.read() as session:
            undone = session.scalars(select(UndoneRepairRow.repair_id).where(UndoneRepairRow.dataset == dataset)).all()
        there = there.filter(pl.col("applied"), ~pl.col("repair_id").is_in(list(undone)))
        return (there.filter(pl.col("repair_id").is_in(list(ids))) if ids else there).collect()

    def reject(self, lease: Lease, request: Request, rows: Sequence[str]) -> None:
        """Record that held rows are rejected for good; rows that are settled already stay as they are.

        Raises:
            Fenced: The claim was taken over.
        """
        with self._database.write() as session:
            fence(session, lease)
            at = self._clock()
            known = set(session.scalars(select(QuarantineStatusRow.row_id).where(QuarantineStatusRow.dataset == request.dataset)))
            fresh = [row for row in dict.fromkeys(rows) if row not in known]
            _dispose(session, request.dataset, fresh, state="rejected", by=request.by, why=request.note, at=at, run_id=None)
            subject = f"{request.dataset}: {counted(len(fresh), 'row')}" + (f" held for {request.rule}" if request.rule else "")
            session.add(ActivityRow(at=at, who=request.by, what="reject", subject=subject, why=request.note))

    def _current(self, table: Table, dataset: str) -> pl.LazyFrame:
        with self._database.read() as session:
            return self._lake.scan(table, dataset, versions(session, dataset).get(table))

    def _settled(self, dataset: str) -> pl.DataFrame:
        with self._database.read() as session:
            ids = session.scalars(select(QuarantineStatusRow.row_id).where(QuarantineStatusRow.dataset == dataset)).all()
        return pl.DataFrame({ROW: list(ids)}, schema={ROW: pl.String})


def settle(session: Session, record: RunRecord, rows: Mapping[Table, pl.DataFrame], at: datetime) -> None:
    """What a run means for the rows' dispositions, in the transaction that publishes it.

    Rows that a release or replay publishes are released; rows that an undo finds bad are held again, and its repairs are undone.
    """
    if record.kind in ("release", "replay"):
        request = session.get(RequestRow, record.batch_id.removeprefix("release-"))
        by, why = (request.by, request.note) if request else ("sluice", "judged again: what they waited for has come")
        released = rows["clean"][ROW].to_list()
        _dispose(session, record.dataset, released, state="released", by=by, why=why, at=at, run_id=record.batch_id)
    if record.kind == "undo":
        _forget(session, record.dataset, rows["quarantine"][ROW].to_list())
        undone = [{"dataset": record.dataset, "repair_id": each, "run_id": record.batch_id, "at": at} for each in rows["repairs"]["repair_id"].unique()]
        if undone:
            session.execute(insert(UndoneRepairRow), undone)


def _dispose(session: Session, dataset: str, rows: Sequence[str], **facts: Any) -> None:  # noqa: ANN401  # the columns of DispositionRow
    if rows:
        session.execute(insert(QuarantineStatusRow), [{"dataset": dataset, "row_id": row, **facts} for row in rows])


def _forget(session: Session, dataset: str, rows: Sequence[str]) -> None:
    for start in range(0, len(rows), _CHUNK):
        session.execute(delete(QuarantineStatusRow).where(QuarantineStatusRow.dataset == dataset, QuarantineStatusRow.row_id.in_(rows[start : start + _CHUNK])))
