"""Open the store: one object whose attributes are the stores of runs, models, held rows, requests and so on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from sluice.domain import Arrival, LayoutChanges, Message, Outcome, Request, Run, Staged
from sluice.errors import Cancelled, LeaseHeld, UsageError
from sluice.messages import make_error
from sluice.ports import Lease
from sluice.rules.retention import KeptRuns, kept_runs
from sluice.store.drafts import Draft
from sluice.store.lake_tables import TABLES, Table
from sluice.store.leases import OwnLease, fence
from sluice.store.newest_snapshots import Newest, compare, require_recorded
from sluice.store.old_versions import KeptVersions
from sluice.store.owners import this_process
from sluice.store.publisher import require_layout
from sluice.store.restoring import restore_runs
from sluice.store.snapshot import SqlSnapshot
from sluice.store.stores import Stores
from sluice.store.vacuum import Deleted, vacuum_table


class SqlStore(Stores):
    """Implement `sluice.ports.Store` over a database and a lake."""

    _caught_up = False

    def close(self) -> None:
        """Give the connections back."""
        self.database.engine.dispose()

    @contextmanager
    def lease(self, name: str) -> Iterator[Lease]:
        """Hold a lease, with a heartbeat, while the context lasts; for a dataset, finish its promised runs first.

        A job that is cancelled within the context leaves nothing in the stage.

        Raises:
            LeaseHeld: A living worker holds it.
        """
        self.catch_up()
        with self.leases.hold(name) as lease:
            if name in self.schemas:
                self._finish_intents(lease)
            try:
                yield lease
            except Cancelled:
                if name in self.schemas:
                    self._finish_intents(lease)
                    self.staging.drop_all(name)
                raise

    def recover(self) -> Sequence[Run]:
        """Finish every promised run and drop stages that were not promised; datasets that a living worker has leased are left to it."""
        self.catch_up()
        finished: list[Run] = []
        for dataset in self.schemas:
            try:
                with self._own_lease(dataset) as lease:
                    finished += self._finish_intents(lease)
                    self.staging.drop_all(dataset)
            except LeaseHeld:
                continue
        return finished

    def catch_up(self) -> None:
        """Record the runs, and the people who were forgotten, of which only the lake knows, once for each time that the store is opened.

        Raises:
            StoreError: The lake is older than the database, or lacks records of runs that the database lacks; or another machine uses a store that serves one.
        """
        if not self._caught_up:
            self.use_here()
            self.suppressions.catch_up()
            restore_runs(self.database, self._lake_records, self.lake)
            self._caught_up = True

    def compare_with_lake(self) -> Newest:
        """Return the newest snapshots of lake and database; nothing is written.

        Raises:
            StoreError: The lake is older than the database, or lacks records of runs that the database lacks.
        """
        snapshots = compare(self.database, self._lake_records, self.lake)
        if snapshots.lake > snapshots.database:
            require_recorded(snapshots, self._lake_records)
        return snapshots

    def use_here(self) -> None:
        """Record that a process of this machine uses the store, where it serves one machine; `serve` does so as long as it runs.

        Raises:
            StoreError: Another machine uses it.
        """
        self.leases.use_here()

    def _finish_intents(self, lease: OwnLease) -> Sequence[Run]:
        """Finish the runs that were promised, if any: publishing may have to start a process.

        Where the lease was taken from another holder, who may still be writing, the tables refuse it first.
        """
        if lease.taken:
            self.lake.raise_fence(lease.name, lease.epoch)
        return (self._publisher or self.publisher).recover(lease) if self.runs.has_intents(lease.name) else ()

    @contextmanager
    def take(self, request: Request) -> Iterator[Request]:
        """Take a request for the time of the context, so that no other worker carries it out; unless it is finished then, it is pending again.

        Args:
            request: Pending, or taken by a worker that died.

        Raises:
            LeaseHeld: A living worker carries it out.
            UsageError: It is answered already.
        """
        with self.leases.hold(f"request.{request.id}") as lease:
            taken = self.requests.take(request, lease)
            try:
                yield taken
            finally:
                self.requests.give_back(taken)

    @contextmanager
    def transaction(self, *leases: Lease) -> Iterator[None]:
        """Write several records in one transaction: all of them are written, or none is.

        Args:
            leases: Under which they are written; another worker that took one over is alone to write them.

        Raises:
            Fenced: A lease was taken over.
        """
        with self.database.transaction() as connection:
            for lease in leases:
                fence(connection, lease)
            yield

    @contextmanager
    def answering(self, request: Request) -> Iterator[None]:
        """Carry out a taken request and answer it in one transaction, where its effect is in the database alone.

        Raises:
            Fenced: Another worker took the request over.
        """
        with self.transaction(OwnLease(f"request.{request.id}", request.epoch, this_process())):
            yield

    @contextmanager
    def _own_lease(self, dataset: str) -> Iterator[OwnLease]:
        own = self.leases.own(dataset)
        if own is not None:
            yield own
            return
        with self.leases.hold(dataset) as lease:
            yield lease

    def stage(self, outcome: Outcome, *, uri: str = "") -> Staged:
        """Write an outcome to fsynced files; publishes nothing.

        Raises:
            StoreError: The disk refuses.
        """
        return self.staging.write(outcome, uri=uri)

    def draft(self, dataset: str, batch_id: str, uri: str) -> Draft:
        """Begin to stage an outcome whose rows come in parts; see `StagingArea.draft`."""
        return self.staging.draft(dataset, batch_id, uri)

    @property
    def publish(self) -> Callable[[Lease, Staged], Run]:
        """Return the function that publishes a staged outcome exactly once; see `Publisher.publish`."""
        return (self._publisher or self.publisher).publish

    def record_failure(self, lease: Lease, arrival: Arrival, error: Message) -> Run:
        """Record an arrival that cannot be read; see `Publisher.record_failure`."""
        return self.publisher.record_failure(lease, arrival, error)

    def compact(self, dataset: str) -> Mapping[Table, int]:
        """Merge the small files of a dataset's tables; return by table the number of files that were merged.

        Raises:
            LeaseHeld: A worker is busy with the dataset.
        """
        with self.lease(dataset) as lease:
            return self.publisher.compact(lease)

    def vacuum(self, dataset: str, since: datetime, pinned: Collection[int] = (), *, dry_run: bool = False) -> Mapping[Table, Deleted]:
        """Delete the files of a dataset's tables that nothing needs; return their numbers by table, a dry run without deleting them.

        Args:
            dataset: Whose tables.
            since: Snapshots that were the newest one at this moment, or later, can be read afterwards.
            pinned: Numbers of older snapshots that something reads.
            dry_run: Count alone.

        Raises:
            LeaseHeld: A worker is busy with the dataset.
        """
        with self.lease(dataset) as lease:
            runs = self.runs.published(dataset, self.runs.newest())
            chosen = kept_runs(runs, since, pinned)
            return {table: self._vacuum_table(table, lease, runs, chosen, dry_run=dry_run) for table in TABLES}

    def _vacuum_table(self, table: Table, lease: Lease, runs: Sequence[Run], chosen: KeptRuns, *, dry_run: bool) -> Deleted:
        recent = min((run.versions[table] for run in chosen.recent if table in run.versions), default=0)
        earlier = tuple(sorted({run.versions[table] for run in chosen.pinned if table in run.versions}))
        published = [run.versions[table] for run in runs if table in run.versions]
        return vacuum_table(self.lake, table, lease, KeptVersions(recent, earlier), published, dry_run=dry_run)

    def published_versions(self, dataset: str) -> Mapping[Table, Sequence[int]]:
        """Return by table the versions that the published runs of a dataset name."""
        runs = self.runs.published(dataset, self.runs.newest())
        return {table: [run.versions[table] for run in runs if table in run.versions] for table in TABLES}

    def drop_lake_records(self, since: datetime, *, dry_run: bool = False) -> int:
        """Delete the lake's records of runs that were published before a moment, but for the newest; return their number."""
        records, newest = self._lake_records, self.runs.newest()
        names = records.numbers()
        old = {number: run for number, run in self.runs.published_before(since).items() if number in names and run.seq != newest}
        if old and not dry_run:
            unrecorded: dict[str, int] = {}
            for run in old.values():
                unrecorded[run.dataset] = max(run.seq or 0, unrecorded.get(run.dataset, 0))
            records.drop([names[number] for number in old], unrecorded)
        return len(old)

    def snapshot(self, snapshot_id: str | None = None) -> SqlSnapshot:
        """Return what is published now, or was at a named snapshot.

        Raises:
            UsageError: There is no such snapshot.
        """
        newest = self.runs.newest()
        if snapshot_id is not None and not (snapshot_id.isdecimal() and int(snapshot_id) <= newest):
            raise make_error(UsageError, "no_such_snapshot", snapshot=snapshot_id, newest=newest)
        return SqlSnapshot(self.runs, self.lake, self.models, self.schemas, newest if snapshot_id is None else int(snapshot_id))

    def layout_changes(self, dataset: str) -> LayoutChanges:
        """Return how a dataset's stored rows differ from its declaration; see `Publisher.layout_changes`."""
        return self.publisher.layout_changes(dataset)

    def require_layout(self, dataset: str) -> None:
        """Pass only where a dataset's stored rows fit its declaration.

        Raises:
            RebuildNeeded: They do not; the text names the differences and the command.
        """
        require_layout(dataset, self.layout_changes(dataset))

    def has_published(self, dataset: str) -> bool:
        """Return True where a run of a dataset is published."""
        return self.runs.has_published(dataset)

    def unevaluated(self, dataset: str, rules: Collection[str]) -> Mapping[str, tuple[datetime, frozenset[str]]]:
        """Return the runs on whose published rows some rules were not evaluated; see `Runs.unevaluated`."""
        return self.runs.unevaluated(dataset, rules)

    def is_known(self, arrival: Arrival, *, retry_failed: bool = False) -> bool:
        """Return True where the arrival was published before, or failed; with `retry_failed`, failed arrivals count as new."""
        return self.runs.state(arrival.id) in _settled_states(retry_failed=retry_failed)

    def new_arrivals(self, dataset: str, arrivals: Sequence[Arrival], *, retry_failed: bool = False) -> list[Arrival]:
        """Return those of a dataset's arrivals that are not known; see `is_known`."""
        settled = self.runs.ids(dataset, _settled_states(retry_failed=retry_failed)) if arrivals else ()
        return [arrival for arrival in arrivals if arrival.id not in settled]


def _settled_states(*, retry_failed: bool) -> tuple[str, ...]:
    return ("published",) if retry_failed else ("published", "failed")
