"""Publish a staged outcome exactly once, whatever dies meanwhile.

The order is: staged files, then the run as `intent` with their digest, then repairs, quarantine and clean, each under an application
transaction, then the run as `published` with the Delta versions, then the stage is dropped. An intent is finished from its staged files,
never judged again. Every other order lost or doubled rows under SIGKILL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import polars as pl
from sqlalchemy import Connection, Row, delete, insert, select

from sluice.domain import Arrival, GatePolicy, Layout, LayoutChanges, Message, Run, Schema, Staged
from sluice.errors import RebuildNeeded, StoreError
from sluice.messages import make_error
from sluice.ports import Lease
from sluice.rules import compare_layouts, decide
from sluice.store.commit_plan import plan_commits
from sluice.store.database import Database
from sluice.store.failpoints import fail_point
from sluice.store.incidents import unreadable, update_incidents
from sluice.store.lake import TABLES, Lake, Table
from sluice.store.leases import fence
from sluice.store.quarantine_store import QuarantineStore, record_statuses, supersede_held
from sluice.store.records import get_record, update_record
from sluice.store.revisions import revision_of
from sluice.store.run_record import RunRecord, decide_record
from sluice.store.runs import layout_of, next_number, revision_facts, to_run, to_values, versions
from sluice.store.staging import StagingArea
from sluice.store.tables import RUNS, VERDICTS

_TABLES_OF_ROWS: tuple[Table, ...] = ("clean", "quarantine", "repeats")


def require_layout(dataset: str, changes: LayoutChanges) -> None:
    """Pass only where a dataset's stored rows fit its declaration.

    Raises:
        RebuildNeeded: They do not; the text names the differences and the command.
    """
    if changes:
        raise make_error(RebuildNeeded, "rebuild_needed", dataset=dataset, changes=changes.messages())


class Publisher:
    """Carry staged outcomes into the lake and the database."""

    def __init__(
        self,
        database: Database,
        lake: Lake,
        staging: StagingArea,
        quarantine: QuarantineStore,
        policies: Mapping[str, GatePolicy],
        clock: Callable[[], datetime],
    ) -> None:
        """Keep what it writes to, each dataset's limits, and the clock that dates records."""
        self._database = database
        self._lake = lake
        self._staging = staging
        self._quarantine = quarantine
        self._policies = policies
        self._clock = clock

    def publish(self, lease: Lease, staged: Staged) -> Run:
        """Publish a staged outcome; one that is published already is left as it is.

        Raises:
            Fenced: The lease was taken over.
            StoreError: Database or lake refuse, or the staged files are damaged; the next recovery finishes what was begun.
            RebuildNeeded: The stored rows do not fit the declaration; nothing is promised.
        """
        if staged.kind != "rebuild":
            require_layout(staged.dataset, self.layout_changes(staged.dataset))
        promised = self._promise(lease, staged, self._staging.record(staged))
        if promised.state == "published":
            self._staging.drop(staged)
            return to_run(promised)
        fail_point("intent")
        return self._finish(lease, promised)

    def recover(self, lease: Lease) -> list[Run]:
        """Finish a dataset's intents from their staged files."""
        with self._database.read() as connection:
            intents = connection.execute(select(RUNS).where(RUNS.c.dataset == lease.name, RUNS.c.state == "intent").order_by(RUNS.c.number)).all()
        return [self._finish(lease, intent) for intent in intents if not self._withdraw(lease, intent)]

    def record_failure(self, lease: Lease, arrival: Arrival, error: Message) -> Run:
        """Record an arrival that cannot be read; where it could not be read before either, the newest error counts.

        Raises:
            Fenced: The lease was taken over.
        """
        run = Run(arrival.id, arrival.dataset, "ingest", None, arrival.at, "failed", uri=arrival.uri, error=error, started=self._clock())
        decision, reasons = decide(run, (), self._policies.get(arrival.dataset, GatePolicy()))
        run = replace(run, decision=decision, reasons=reasons, finished=self._clock())
        with self._database.write() as connection:
            fence(connection, lease)
            row = get_record(connection, RUNS, arrival.id)
            if row is None:
                connection.execute(insert(RUNS).values(to_values(run, number=next_number(connection, "run"))))
                update_incidents(connection, arrival.dataset, [unreadable(error)], arrival.at)
                return run
            if row.state == "failed":
                facts = {"error": error.dumps(), "reasons": [reason.to_json() for reason in reasons], "finished": run.finished}
                row = update_record(connection, RUNS, arrival.id, **facts)
            return to_run(row)

    def layout_changes(self, dataset: str) -> LayoutChanges:
        """Return how a dataset's stored rows differ from its declaration: a run with such a difference could be promised, and never finished."""
        with self._database.read() as connection:
            pinned, layout = versions(connection, dataset), layout_of(connection, dataset)
        tables = (self._lake.scan(table, dataset, pinned.get(table)).collect_schema() for table in _TABLES_OF_ROWS)
        return compare_layouts(self._staging.schemas[dataset], [table for table in tables if table], layout)

    def _promise(self, lease: Lease, staged: Staged, record: RunRecord) -> Row[Any]:
        """Record the intent, unless the run was promised or published before; then that one counts."""
        with self._database.write() as connection:
            fence(connection, lease)
            row = get_record(connection, RUNS, record.batch_id)
            if row is not None and row.state != "failed":
                return row
            if row is not None:  # it could not be read when it came first; now it could
                connection.execute(delete(RUNS).where(RUNS.c.id == record.batch_id))
            connection.execute(insert(RUNS).values(self._intent(connection, staged, record)))
            return connection.execute(select(RUNS).where(RUNS.c.id == record.batch_id)).one()

    def _intent(self, connection: Connection, staged: Staged, record: RunRecord) -> dict[str, object]:
        decision, reasons = decide_record(record, self._policies.get(record.dataset, GatePolicy()))
        run = replace(record.run("intent"), decision=decision, reasons=reasons, started=self._clock())
        values = to_values(run, number=next_number(connection, "run"), stage=staged.folder, digest=staged.digest)
        return {**values, "layout": record.layout}

    def _finish(self, lease: Lease, intent: Row[Any]) -> Run:
        staged = Staged(intent.dataset, intent.id, intent.kind, intent.stage, intent.digest)
        try:
            record, rows = self._staging.read(staged)
            written = self._write(record, rows)
        except StoreError:
            with self._database.write() as connection:
                fence(connection, lease)  # whoever took over may have published, and dropped the stage, meanwhile
            raise
        run = self._seal(lease, record, rows, written)
        fail_point("published")
        self._staging.drop(staged)
        fail_point("dropped")
        return run

    def _write(self, record: RunRecord, rows: Mapping[Table, pl.DataFrame]) -> dict[str, int]:
        """Apply each table's commit once, and return the versions written."""
        written: dict[str, int] = {}
        quarantined = self._quarantine.reasons(record.dataset, rows["quarantine"])
        whole = record.kind == "ingest" or bool(record.uri)
        commits = plan_commits(record.kind, self._schema(record), rows, quarantined, whole=whole)
        for table in TABLES:
            if table in commits:
                version = self._lake.write_once(table, record.dataset, f"sluice/{record.batch_id}", commits[table])
                written |= {} if version is None else {table: version}
            fail_point(table)
        return written

    def _schema(self, record: RunRecord) -> Schema:
        """Return the schema with the layout that the rows were judged in: what was promised is finished so, whatever is declared since."""
        schema = self._staging.schemas[record.dataset]
        return Layout.from_json(record.layout).apply(schema) if record.layout else schema

    def _seal(self, lease: Lease, record: RunRecord, rows: Mapping[Table, pl.DataFrame], written: Mapping[str, int]) -> Run:
        """Make the run visible, with all that belongs to it, in one transaction."""
        held = self._quarantine.replaced(record, rows)
        with self._database.write() as connection:
            fence(connection, lease)
            pinned, seq = {**versions(connection, record.dataset), **written}, next_number(connection, "snapshot")
            row = update_record(connection, RUNS, record.batch_id, versions=pinned, state="published", seq=seq, finished=self._clock())
            facts = [
                {"run_id": row.id, "phase": phase, "position": position, **verdict}
                for phase, verdicts in record.verdicts.items()
                for position, verdict in enumerate(verdicts)
            ]
            if facts:
                connection.execute(insert(VERDICTS), facts)
            row = self._revise(connection, row, record, rows)
            record_statuses(connection, record, rows, self._clock())
            supersede_held(connection, record, held, self._clock())
            if record.kind in ("ingest", "audit"):
                update_incidents(connection, record.dataset, record.facts("cleaned") or record.facts("published"), record.at)
            return to_run(row)

    def _revise(self, connection: Connection, row: Row[Any], record: RunRecord, rows: Mapping[Table, pl.DataFrame]) -> Row[Any]:
        """Record what the run makes of an earlier one, if anything; return its own record."""
        revision = revision_of(connection, record, rows, self._policies.get(record.dataset, GatePolicy()))
        if revision is None:
            return row
        note = Message.of("run_revised", run=revision.run, decision=revision.decision, held=revision.bad)
        facts = {"revises": revision.run, "revision": revision_facts(revision), "reasons": [*row.reasons, note.to_json()]}
        return update_record(connection, RUNS, row.id, **facts)

    def _withdraw(self, lease: Lease, intent: Row[Any]) -> bool:
        """Take back an intent whose staged files are damaged, where nothing of it was written yet: its arrival is then read again."""
        staged = Staged(intent.dataset, intent.id, intent.kind, intent.stage, intent.digest)
        try:
            self._staging.record(staged)
        except StoreError:
            if any(self._lake.has(table, intent.dataset, f"sluice/{intent.id}") for table in TABLES):
                raise
            with self._database.write() as connection:
                fence(connection, lease)
                connection.execute(delete(RUNS).where(RUNS.c.id == intent.id))
            return True
        return False
