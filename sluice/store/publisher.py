"""Publish a staged outcome exactly once, whatever dies meanwhile.

The order is: files in the lake, and a stage that names them, then the run as `intent` with the stage's digest, then repairs, quarantine and clean,
each committed once (see `fenced_commits`), then the run as `published` with the Delta versions, then the stage is dropped. An intent is finished
from its stage, never judged again. Every other order lost or doubled rows under SIGKILL.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import polars as pl
from sqlalchemy import Connection, Row, delete, insert, select

from sluice.domain import Arrival, GatePolicy, Layout, LayoutChanges, Message, Routing, Run, Schema, Staged
from sluice.errors import Fenced, RebuildNeeded, StoreError
from sluice.messages import make_error
from sluice.ports import Lease
from sluice.rules import compare_layouts, decide
from sluice.store.alert_records import record_run_alert
from sluice.store.blobs import Blobs
from sluice.store.commit_plan import plan_commits
from sluice.store.configurations import version_of
from sluice.store.database import Database
from sluice.store.delta_commits import Commit
from sluice.store.failpoints import fail_point
from sluice.store.fenced_commits import CommitKey, Published
from sluice.store.incidents import note_replayed, settle_incidents, unreadable, update_incidents
from sluice.store.lake import Lake
from sluice.store.lake_records import LakeRecords, PublishedRun
from sluice.store.lake_tables import TABLES, Table
from sluice.store.leases import fence
from sluice.store.marks import comes_again, require_next
from sluice.store.quarantine_changes import quarantine_changes
from sluice.store.quarantine_store import QuarantineStore
from sluice.store.records import get_record, update_record
from sluice.store.revisions import revisions_of
from sluice.store.run_details import RunDetails
from sluice.store.run_record import RunRecord, decide_record
from sluice.store.runs import layout_of, next_number, revision_facts, to_run, to_values, versions
from sluice.store.staging import StagingArea
from sluice.store.tables import RUNS

_LOG = logging.getLogger(__name__)
_TABLES_OF_ROWS: tuple[Table, ...] = ("clean", "quarantine", "repeats")


def require_layout(dataset: str, changes: LayoutChanges) -> None:
    """Pass only where a dataset's stored rows fit its declaration.

    Raises:
        RebuildNeeded: They do not; the text names the differences and the command.
    """
    if changes:
        raise make_error(RebuildNeeded, "rebuild_needed", dataset=dataset, changes=changes.messages())


def commit_key(lease: Lease, intent: Row[Any]) -> CommitKey:
    """Return the key of a promised run's commits."""
    return CommitKey(intent.dataset, intent.id, intent.number, intent.digest, lease.epoch)


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
        routing: Routing | None = None,
    ) -> None:
        """Keep what it writes to, each dataset's limits, the clock that dates records, and who is told what."""
        self._database = database
        self._lake = lake
        self._records = LakeRecords(Blobs(lake.root, lake.options))
        self._staging = staging
        self._quarantine = quarantine
        self._policies = policies
        self._clock = clock
        self._routing = routing or Routing()

    def publish(self, lease: Lease, staged: Staged) -> Run:
        """Publish a staged outcome; one that is published already is left as it is.

        Raises:
            Fenced: The lease was taken over.
            StoreError: Database or lake refuse, or the staged files are damaged; the next recovery finishes what was begun.
            RebuildNeeded: The stored rows do not fit the declaration; nothing is promised.
            Outdated: They are rows of a table that another machine has read meanwhile.
        """
        if staged.kind != "rebuild":
            require_layout(staged.dataset, self.layout_changes(staged.dataset))
        self.recover(lease)  # an earlier run that could not be finished goes first: tables know the runs by their order
        promised = self._promise(lease, staged, self._staging.record(staged))
        if promised.state == "published":
            self._leave(staged, promised)
            return to_run(promised)
        fail_point("intent")
        return self._finish(lease, promised)

    def preview(self, staged: Staged) -> Run:
        """Return the run that a staged release would become, with what it makes of its batch, and drop the stage; nothing is published.

        Raises:
            StoreError: The staged files are gone or damaged.
        """
        try:
            record, rows = self._staging.read(staged)
            policy = self._policies.get(record.dataset, GatePolicy())
            with self._database.read() as connection:
                revisions, _ = revisions_of(connection, record, rows, self._quarantine.replaced(record, rows), policy)
            decision, reasons = decide_record(record, policy)
            return replace(record.run("published"), decision=decision, reasons=reasons, revisions=revisions)
        finally:
            self._staging.discard(staged)

    def recover(self, lease: Lease) -> list[Run]:
        """Finish a dataset's intents from their staged files."""
        with self._database.read() as connection:
            intents = connection.execute(select(RUNS).where(RUNS.c.dataset == lease.name, RUNS.c.state == "intent").order_by(RUNS.c.number)).all()
        return [self._finish(lease, intent) for intent in intents if not self._withdraw(lease, intent)]

    def record_failure(self, lease: Lease, arrival: Arrival, error: Message) -> Run:
        """Record an arrival that cannot be read; where it could not be read before either, the newest error counts.

        Raises:
            Fenced: The lease was taken over.
            Outdated: It holds rows of a table that another machine has read meanwhile.
        """
        run = Run(arrival.id, arrival.dataset, "ingest", None, arrival.at, "failed", uri=arrival.uri, error=error, started=self._clock(), mark=arrival.mark)
        decision, reasons = decide(run, (), self._policies.get(arrival.dataset, GatePolicy()))
        run = replace(run, decision=decision, reasons=reasons, finished=self._clock())
        with self._database.write() as connection:
            fence(connection, lease)
            row = get_record(connection, RUNS, arrival.id)
            if row is None:
                require_next(connection, arrival.dataset, arrival.mark)
                connection.execute(insert(RUNS).values(to_values(run, number=next_number(connection, "run"))))
                update_incidents(connection, arrival.dataset, arrival.id, [unreadable(error)], arrival.at)
                record_run_alert(connection, self._routing, run, self._clock())
                return run
            if row.state == "failed":
                facts = {"error": error.dumps(), "reasons": [reason.to_json() for reason in reasons], "finished": run.finished}
                row = update_record(connection, RUNS, arrival.id, **facts)
                record_run_alert(connection, self._routing, to_run(row), self._clock())
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
            else:
                require_next(connection, record.dataset, record.run("intent").mark)
            connection.execute(insert(RUNS).values(self._intent(connection, staged, record)))
            return connection.execute(select(RUNS).where(RUNS.c.id == record.batch_id)).one()

    def _intent(self, connection: Connection, staged: Staged, record: RunRecord) -> dict[str, object]:
        decision, reasons = decide_record(record, self._policies.get(record.dataset, GatePolicy()))
        run = replace(record.run("intent"), decision=decision, reasons=reasons, started=self._clock(), stages=staged.stages)
        run = replace(run, configuration=version_of(connection, staged.configuration))
        values = to_values(run, number=next_number(connection, "run"), stage=staged.folder, digest=staged.digest)
        return {**values, "layout": record.layout}

    def _leave(self, staged: Staged, published: Row[Any]) -> None:
        """Delete the stage of a run that is published, and its files in the lake where they are of another outcome."""
        (self._staging.drop if published.digest == staged.digest else self._staging.discard)(staged)

    def _finish(self, lease: Lease, intent: Row[Any]) -> Run:
        staged, began = Staged(intent.dataset, intent.id, intent.kind, intent.stage, intent.digest), time.perf_counter()
        try:
            record, rows = self._staging.read(staged)
            written = self._write(commit_key(lease, intent), record, rows)
        except StoreError:
            with self._database.write() as connection:
                fence(connection, lease)  # whoever took over may have published, and dropped the stage, meanwhile
            raise
        run = self._seal(lease, record, rows, written, {**(intent.stages or {}), "publish": round(time.perf_counter() - began, 3)})
        settle_incidents(self._database, self._quarantine, run.dataset, self._clock(), run.id)
        fail_point("published")
        self._staging.drop(staged)
        fail_point("dropped")
        self._compact_written(lease, written)
        return run

    def compact(self, lease: Lease) -> Mapping[Table, int]:
        """Merge the small files of a dataset's tables; return by table the number of files that were merged.

        Raises:
            Fenced: The lease was taken over.
            StoreError: The lake refuses it.
        """
        with self._database.read() as connection:
            pinned = versions(connection, lease.name)
        return {table: self._lake.compact(table, lease, Published(pinned.get(table), self._is_published), any_size=True) for table in TABLES}

    def _compact_written(self, lease: Lease, written: Mapping[str, int]) -> None:
        """Merge the small files of tables that a run wrote, where they are many by now. The run is published, whatever happens."""
        for table in TABLES:
            if table in written:
                try:
                    self._lake.compact(table, lease, Published(written[table], self._is_published))
                except (StoreError, Fenced) as error:
                    _LOG.warning("the small files of %s/%s were not merged: %s", table, lease.name, error)

    def _write(self, key: CommitKey, record: RunRecord, rows: Mapping[Table, pl.DataFrame]) -> dict[str, int]:
        """Apply each table's commit once, and return the versions written."""
        written: dict[str, int] = {}
        with self._database.read() as connection:
            pinned = versions(connection, record.dataset)
        bad, whole = rows["quarantine"], record.kind == "ingest" or bool(record.uri)
        quarantined = bad.clear() if record.kind == "ingest" else self._quarantine.reasons(record.dataset, bad)  # new rows are in no table
        merged = plan_commits(record.kind, self._schema(record), rows, quarantined, whole=whole)
        commits: Mapping[Table, Commit] = {**merged, **self._staging.added(record, rows)}
        for table in TABLES:
            if table in commits:
                version = self._lake.write_once(table, key, commits[table], Published(pinned.get(table), self._is_published))
                written |= {} if version is None else {table: version}
            fail_point(table)
        return written

    def _is_published(self, number: int, outcome: int) -> bool:
        """Return True where the run of a number is published, with that outcome; see `CommitKey`."""
        with self._database.read() as connection:
            row = connection.execute(select(RUNS).where(RUNS.c.number == number, RUNS.c.seq.is_not(None))).first()
        return row is not None and CommitKey(row.dataset, row.id, number, row.digest, 0).outcome == outcome

    def _schema(self, record: RunRecord) -> Schema:
        """Return the schema with the layout that the rows were judged in: what was promised is finished so, whatever is declared since."""
        schema = self._staging.schemas[record.dataset]
        return Layout.from_json(record.layout).apply(schema) if record.layout else schema

    def _seal(self, lease: Lease, record: RunRecord, rows: Mapping[Table, pl.DataFrame], written: Mapping[str, int], stages: Mapping[str, float]) -> Run:
        """Make the run visible, with all that belongs to it, in one transaction."""
        held = self._quarantine.replaced(record, rows)
        with self._database.write() as connection:
            fence(connection, lease)
            pinned, seq = {**versions(connection, record.dataset), **written}, next_number(connection, "snapshot")
            row = update_record(connection, RUNS, record.batch_id, versions=pinned, state="published", seq=seq, finished=self._clock(), stages=stages)
            details = RunDetails.of(row.id, record)
            details.insert(connection)
            row = self._revise(connection, row, record, rows, held)
            changes = quarantine_changes(connection, record, rows, held, self._clock())
            changes.record(connection)
            judged = record.facts("cleaned") or record.facts("published")
            if record.kind in ("ingest", "audit"):
                update_incidents(connection, record.dataset, record.batch_id, judged, record.at, whole=record.kind == "ingest")
            elif record.kind == "replay":
                note_replayed(connection, record.dataset, record.batch_id, judged)
            record_run_alert(connection, self._routing, to_run(row), self._clock())
            published = PublishedRun.of(row, details.verdicts, changes, details.profiles, details.value_scores)
            self._records.put(published)  # the last step that can fail: whoever restores the database trusts it
            fail_point("recorded")
            return to_run(row)

    def _revise(self, connection: Connection, row: Row[Any], record: RunRecord, rows: Mapping[Table, pl.DataFrame], held: Sequence[str]) -> Row[Any]:
        """Record what the run makes of earlier ones, if anything; return its own record."""
        revisions, notes = revisions_of(connection, record, rows, held, self._policies.get(record.dataset, GatePolicy()))
        if not revisions:
            return row
        reasons = [*row.reasons, *(note.to_json() for note in notes)]
        return update_record(connection, RUNS, row.id, revisions=list(map(revision_facts, revisions)), reasons=reasons)

    def _withdraw(self, lease: Lease, intent: Row[Any]) -> bool:
        """Take back an intent whose staged files are not here, or damaged while nothing of it was written: its arrival is then read again.

        What was written of it is taken back with the next commit to the table, since the database no longer knows the run.
        """
        staged = Staged(intent.dataset, intent.id, intent.kind, intent.stage, intent.digest)
        try:
            self._staging.added(self._staging.record(staged))
        except StoreError:
            key = commit_key(lease, intent)
            if (self._staging.folder(staged).is_dir() or not comes_again(intent)) and any(self._lake.has(table, key) for table in TABLES):
                raise
            with self._database.write() as connection:
                fence(connection, lease)
                connection.execute(delete(RUNS).where(RUNS.c.id == intent.id))
            return True
        return False
