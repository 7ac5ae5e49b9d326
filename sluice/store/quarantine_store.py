"""Read held rows and applied repairs, and record what becomes of them: released, rejected, or held again after an undo."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

import polars as pl
from sqlalchemy import func, select

from sluice.domain import REASONS, REPAIRS, ROW, RUN, Message, Request, Run, Schema, Split, canonical
from sluice.ports import Lease
from sluice.rules import replaces_table
from sluice.rules.overlaps import clock_column
from sluice.store.activity_log import log_act
from sluice.store.commit_plan import replaced_rows
from sluice.store.database import Database
from sluice.store.dispositions import settled_rows
from sluice.store.incidents import settle_incidents
from sluice.store.lake import Lake
from sluice.store.lake_tables import Table
from sluice.store.leases import fence
from sluice.store.quarantine_changes import insert_statuses
from sluice.store.quarantine_index import ever_held
from sluice.store.rejections import rejection_id
from sluice.store.run_record import RunRecord
from sluice.store.runs import versions
from sluice.store.tables import QUARANTINE_STATUS, RUNS, UNDONE_REPAIRS


class QuarantineStore:
    """Read what is held now and which repairs stand, and record rejections."""

    def __init__(self, database: Database, lake: Lake, clock: Callable[[], datetime]) -> None:
        """Keep both, and the clock that dates rejections."""
        self._database = database
        self._lake = lake
        self._clock = clock

    def held(
        self, dataset: str, *, rows: Sequence[str] = (), rule: str | None = None, until: datetime | None = None, columns: Sequence[str] | None = None
    ) -> pl.DataFrame:
        """Return rows that are neither released nor rejected: all, those named, or those whose only reason is one rule.

        Args:
            dataset: The dataset.
            rows: Ids of rows; empty means all.
            rule: The only reason for which the rows are held; None means any.
            until: Leave out rows that a later run held: a person who decided then did not see them.
            columns: What is read of each row, besides its id; None means all columns.
        """
        quarantine = self._current("quarantine", dataset, rows)
        if not quarantine.collect_schema().names():
            return pl.DataFrame(schema={ROW: pl.String, REASONS: pl.Null, RUN: pl.String})
        if rule is not None:
            names = pl.col(REASONS).list.eval(pl.element().struct.field("name") == canonical(rule))
            quarantine = quarantine.filter(names.list.all() & (names.list.len() > 0))
        if until is not None:
            quarantine = quarantine.filter(~pl.col(RUN).is_in(self._runs_after(dataset, until)))
        named = (quarantine if columns is None else quarantine.select(ROW, *columns)).collect()
        return self._without_settled(dataset, named)

    def settled(self, dataset: str, rows: Sequence[str]) -> Mapping[str, str]:
        """Return the state of those of some rows that were held and are held no longer: released, rejected, copy or superseded."""
        with self._database.read() as connection:
            settled = settled_rows(connection, dataset, rows)
        named = settled.filter(pl.col(ROW).is_in(list(rows)))
        return dict(named.select(ROW, "state").iter_rows())

    def held_of_keys(self, schema: Schema, parts: Split) -> pl.DataFrame:
        """Return the held rows whose key is that of a row of a batch; all that are held where the batch replaces the table.

        Without a key, those of the time of the rows are returned where the batch overlaps earlier ones, else none.

        Args:
            schema: Schema of the dataset.
            parts: The rows of the batch.
        """
        with self._database.read() as connection:
            version = versions(connection, schema.dataset).get("quarantine")
        return self._without_settled(schema.dataset, ever_held_of_keys(self._lake, schema, version, parts))

    def outdated_by(self, run: Run) -> int:
        """Return how many rows of earlier batches that a run replaced were held, and not published."""
        if not run.replaced:
            return 0
        status = QUARANTINE_STATUS.c
        settled = select(func.count()).where(status.dataset == run.dataset, status.run_id == run.id, status.state == "superseded")
        with self._database.read() as connection:
            rows = int(connection.execute(settled).scalar_one())
        return rows - (run.superseded if run.kind in ("release", "replay") else 0)  # its own rows were held too

    def all_settled(self, dataset: str) -> pl.DataFrame:
        """Return all rows of a dataset that are held no longer, with their state."""
        with self._database.read() as connection:
            return settled_rows(connection, dataset)

    def holding(self, dataset: str, rules: Collection[str]) -> set[str]:
        """Return those of the rules that hold a row now."""
        with self._database.read() as connection:
            version = versions(connection, dataset).get("quarantine")
        names = ever_held(self._lake, dataset, version).select(ROW, pl.col("rules").alias("rule")).explode("rule")
        held = self._without_settled(dataset, names.filter(pl.col("rule").is_in(sorted(rules))))
        return set(held["rule"])

    def holding_runs(self, dataset: str) -> set[str]:
        """Return the ids of the runs that a row which is held now came with, or was held by."""
        with self._database.read() as connection:
            version = versions(connection, dataset).get("quarantine")
        held = self._without_settled(dataset, ever_held(self._lake, dataset, version).select(ROW, RUN))
        return {*held[RUN].drop_nulls(), *held[ROW].str.replace(r"\.\d+$", "").drop_nulls()}

    def reasons(self, dataset: str, bad: pl.DataFrame) -> pl.DataFrame:
        """Return ids and reasons of those of the given rows that are in the quarantine already."""
        if bad.is_empty():
            return bad.select(ROW, REASONS)
        quarantine = self._current("quarantine", dataset, bad[ROW].to_list())
        if not quarantine.collect_schema().names():
            return bad.select(ROW, REASONS).clear()
        return quarantine.select(ROW, REASONS).collect()

    def replaced(self, record: RunRecord, rows: Mapping[Table, pl.DataFrame]) -> list[str]:
        """Return the ids of held rows in whose place a run publishes others."""
        ids = replaced_rows(rows)[ROW].to_list() if record.kind in ("ingest", "release", "replay") else []
        return self.held(record.dataset, rows=ids, columns=[])[ROW].to_list() if ids else []

    def repairs(self, dataset: str, *, ids: Sequence[str] = (), matching: pl.Expr | None = None) -> pl.DataFrame:
        """Return applied repairs that were not undone: all, those named, or those that meet a condition (schema REPAIRS and `_run_id`)."""
        repairs = self._current("repairs", dataset)
        if not repairs.collect_schema().names():
            return pl.DataFrame(schema={**REPAIRS, RUN: pl.String})
        with self._database.read() as connection:
            undone = list(connection.scalars(select(UNDONE_REPAIRS.c.repair_id).where(UNDONE_REPAIRS.c.dataset == dataset)))
        repairs = repairs.filter(pl.col("applied"), ~pl.col("repair_id").is_in(undone))
        repairs = repairs if matching is None else repairs.filter(matching)
        return (repairs.filter(pl.col("repair_id").is_in(list(ids))) if ids else repairs).collect()

    def undone_by(self, dataset: str, run_id: str) -> list[str]:
        """Return the ids of the repairs that a run took back."""
        query = select(UNDONE_REPAIRS.c.repair_id).where(UNDONE_REPAIRS.c.dataset == dataset, UNDONE_REPAIRS.c.run_id == run_id)
        with self._database.read() as connection:
            return list(connection.scalars(query))

    def settled_by(self, dataset: str, run_id: str) -> Mapping[str, str]:
        """Return the state of the rows that a run settled, and that are not held again since: released, copy or superseded."""
        columns = QUARANTINE_STATUS.c
        query = select(columns.row_id, columns.state).where(columns.dataset == dataset, columns.run_id == run_id)
        with self._database.read() as connection:
            return {row.row_id: row.state for row in connection.execute(query)}

    def undone(self, dataset: str) -> Mapping[str, tuple[str, datetime]]:
        """Return the repairs that were undone, by their ids: each with the run that undid it, and when."""
        query = select(UNDONE_REPAIRS).where(UNDONE_REPAIRS.c.dataset == dataset)
        with self._database.read() as connection:
            return {row.repair_id: (row.run_id, row.at) for row in connection.execute(query)}

    def reject(self, lease: Lease, request: Request, rows: Sequence[str]) -> None:
        """Record that held rows are rejected for good; rows that are released or rejected already stay as they are.

        Raises:
            Fenced: The lease was taken over.
        """
        with self._database.write() as connection:
            fence(connection, lease)
            at = self._clock()
            settled = set(settled_rows(connection, request.dataset, rows)[ROW])
            rejected = [row for row in dict.fromkeys(rows) if row not in settled]
            run_id = rejection_id(request.id)
            facts = {"dataset": request.dataset, "state": "rejected", "by": request.by, "reason": request.note, "at": at, "run_id": run_id}
            if rejected:
                insert_statuses(connection, [{**facts, "row_id": row} for row in rejected])
            subject = _subject(request, len(rejected))
            log_act(connection, at=at, who=request.by, what="reject", subject=subject, reason=request.note)
        settle_incidents(self._database, self, request.dataset, at)

    def _current(self, table: Table, dataset: str, ids: Sequence[str] = ()) -> pl.LazyFrame:
        """Scan the newest published version of a table: all rows, or those named."""
        with self._database.read() as connection:
            version = versions(connection, dataset).get(table)
        return self._lake.scan_rows(table, dataset, version, ids) if ids and version is not None else self._lake.scan(table, dataset, version)

    def _runs_after(self, dataset: str, moment: datetime) -> list[str]:
        with self._database.read() as connection:
            return list(connection.scalars(select(RUNS.c.id).where(RUNS.c.dataset == dataset, RUNS.c.finished > moment)))

    def _without_settled(self, dataset: str, rows: pl.DataFrame) -> pl.DataFrame:
        with self._database.read() as connection:
            settled = settled_rows(connection, dataset, rows[ROW].to_list())
        return rows.join(settled, on=ROW, how="anti", maintain_order="left")


def ever_held_of_keys(lake: Lake, schema: Schema, version: int | None, parts: Split) -> pl.DataFrame:
    """Return the rows that were ever held and whose key is that of a row of a batch; all that were where it replaces the table.

    Without a key, those from the first to the last time of the rows are returned where the batch overlaps earlier ones, else none.

    Args:
        lake: The lake.
        schema: Schema of the dataset.
        version: Version of its quarantine; None where there is none.
        parts: The rows of the batch.
    """
    rows, key = lake.scan("quarantine", schema.dataset, version), list(schema.key)
    columns = rows.collect_schema().names()
    if version is None or not columns:
        return pl.DataFrame(schema={ROW: pl.String, REASONS: pl.Null, RUN: pl.String})
    keyed = {*key} <= {*columns}
    if replaces_table(schema, parts.good):
        return rows.select(ROW, *(key if keyed else [])).collect()
    if not key or not keyed:
        return rows.filter(_in_time(schema, parts)).collect()
    held = lake.extract("quarantine", schema.dataset, version, f"keys {key}", lambda rows: rows.select(ROW, *key))
    keys = pl.concat([part.rows.select(key) for part in (parts.good, parts.bad)])
    ids = held.join(keys, on=key, how="semi", nulls_equal=True)[ROW].to_list()
    return lake.scan_rows("quarantine", schema.dataset, version, ids).collect() if ids else rows.head(0).collect()


def _in_time(schema: Schema, parts: Split) -> pl.Expr:
    """Return an expression that is True for rows, without a key, that rows of an overlapping batch may repeat."""
    if not parts.good.overlaps:
        return pl.lit(value=False)
    clock = clock_column(schema)
    if clock is None:
        return pl.lit(value=True)
    times = pl.concat([part.rows[clock] for part in (parts.good, parts.bad)])
    return pl.col(clock).is_between(times.min(), times.max()) | pl.col(clock).is_null()


def _subject(request: Request, rows: int) -> Message:
    """Return what a rejection is about, as the activity log shows it."""
    if request.rule:
        return Message.of("about_rows_of_rule", dataset=request.dataset, rows=rows, rule=request.rule)
    return Message.of("about_rows", dataset=request.dataset, rows=rows)
