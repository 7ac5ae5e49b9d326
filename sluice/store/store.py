"""The Store: one face for the small rooms behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sluice.domain import (
    Arrival,
    GatePolicy,
    Run,
    Schema,
)
from sluice.errors import Claimed, StoreError, UsageError
from sluice.ports import Claim
from sluice.store.activity import Activity
from sluice.store.blobs import Blobs
from sluice.store.claims import Claims
from sluice.store.database import Database, connect, reading
from sluice.store.decisions import Decisions
from sluice.store.holdings import Holdings
from sluice.store.incidents import Incidents
from sluice.store.lake import TABLES, Lake
from sluice.store.migrate import require_current
from sluice.store.publish import Publisher
from sluice.store.registry import Registry
from sluice.store.requests import Requests
from sluice.store.runs import Runs
from sluice.store.slots import Slots
from sluice.store.snapshot import SqlSnapshot
from sluice.store.stage import Stages


class SqlStore:
    """Implements `sluice.ports.Store`, and gives the dashboard what it reads; most of it is the small rooms' own methods.

    Attributes:
        engine: For reading alone: it never waits for a writer.
    """

    def __init__(
        self,
        database: Database,
        lake: Lake,
        stages: Stages,
        *,
        schemas: Mapping[str, Schema],
        policies: Mapping[str, GatePolicy],
        clock: Callable[[], datetime],
    ) -> None:
        """Put the rooms together; `open_store` checks the database and the lake first."""
        self.database, self.lake, self.schemas = database, lake, schemas
        self.engine = reading(database.engine)
        self._stages, self._claims, self._runs = stages, Claims(database), Runs(database)
        self._registry = registry = Registry(database, Blobs(lake.root, lake.options))
        holdings = Holdings(database, lake, clock)
        self._publisher = publisher = Publisher(database, lake, stages, holdings, policies, clock)
        requests, slots = Requests(database, schemas, clock), Slots(database, clock)
        incidents, decisions, activity = Incidents(database, clock), Decisions(database), Activity(database)

        self.stage, self.publish, self.set_aside = stages.write, publisher.publish, publisher.set_aside
        self.runs, self.run = self._runs.of, self._runs.one
        self.held, self.repairs, self.reject = holdings.held, holdings.repairs, holdings.reject
        self.submit, self.requests, self.all_requests, self.finish = requests.submit, requests.pending, requests.all, requests.finish
        self.incidents, self.mark_incident = incidents.all, incidents.mark
        self.record, self.decisions = decisions.record, decisions.all
        self.set_gate_aside, self.override, self.overrides = decisions.set_aside, decisions.override, decisions.overrides
        self.log, self.activity = activity.log, activity.entries
        self.heartbeat, self.last_heartbeat = activity.heartbeat, activity.last_heartbeat
        self.finish_slot, self.last_slot = slots.finish, slots.last_done
        self.save, self.settle, self.load, self.rollback = registry.save, registry.settle, registry.load, registry.rollback
        self.models, self.model_names = registry.models, registry.names

    def close(self) -> None:
        """Give the connections back."""
        self.database.engine.dispose()

    @contextmanager
    def claim(self, name: str) -> Iterator[Claim]:
        """Hold a claim, with a heartbeat, while the context lasts; of a dataset, what was promised is finished first.

        Raises:
            Claimed: A living worker holds it.
        """
        with self._claims.hold(name) as claim:
            if name in self.schemas:
                self._publisher.recover(claim)
            yield claim

    def recover(self) -> Sequence[Run]:
        """Finish every run that was promised, drop stages that were not; datasets that a living worker holds are left to it."""
        finished: list[Run] = []
        for dataset in self.schemas:
            try:
                with self._held(dataset) as claim:
                    finished += self._publisher.recover(claim)
                    self._stages.drop_all(dataset)
            except Claimed:
                continue
        return finished

    @contextmanager
    def _held(self, dataset: str) -> Iterator[Claim]:
        mine = self._claims.mine(dataset)
        if mine is not None:
            yield mine
            return
        with self._claims.hold(dataset) as claim:
            yield claim

    def vacuum(self) -> int:
        """Delete the files of the lake that no published run needs; how many they were.

        Raises:
            Claimed: A dataset is being worked on.
        """
        deleted = 0
        for dataset in self.schemas:
            with self.claim(dataset):
                runs = self._runs.published(dataset, self._runs.newest())
                for table in TABLES:
                    deleted += self.lake.vacuum(table, dataset, [run.versions[table] for run in runs if table in run.versions])
        return deleted

    def snapshot(self, snapshot_id: str | None = None) -> SqlSnapshot:
        """What is published now, or was at a named snapshot.

        Raises:
            UsageError: There is no such snapshot.
        """
        newest = self._runs.newest()
        if snapshot_id is not None and not (snapshot_id.isdecimal() and int(snapshot_id) <= newest):
            raise UsageError(f"there is no snapshot {snapshot_id}; the newest is {newest}")
        return SqlSnapshot(self.database, self.lake, self._registry, self.schemas, newest if snapshot_id is None else int(snapshot_id))

    def is_known(self, arrival: Arrival, *, again: bool = False) -> bool:
        """True where it was published before, or set aside; `again`: what was set aside counts as new."""
        run = self._runs.one(arrival.id)
        return run is not None and run.state in (("published",) if again else ("published", "set_aside"))


def open_store(
    url: str, lake: str, *, schemas: Mapping[str, Schema], policies: Mapping[str, GatePolicy], clock: Callable[[], datetime], stage: Path | None = None
) -> SqlStore:
    """Open a store whose database is up to date and whose lake keeps commits.

    Args:
        url: SQLAlchemy address of the database.
        lake: A folder, or an `s3://` address.
        schemas: Every dataset's declared columns, by name.
        policies: Every dataset's limits, by name; the defaults where a name is missing.
        clock: Dates records.
        stage: A local folder in which outcomes wait; inside the lake unless given.

    Raises:
        MigrationNeeded: The database is older than the program.
        StoreError: Database or lake do not answer, or the lake would lose commits.
    """
    kept = Lake(lake)
    if stage is None and kept.remote:
        raise StoreError("a lake on S3 needs a local folder for what waits to be published")
    engine = connect(url)
    try:
        require_current(engine)
        kept.probe()
    except BaseException:
        engine.dispose()
        raise
    stages = Stages(stage or Path(lake, "_stage"), schemas)
    return SqlStore(Database(engine), kept, stages, schemas=schemas, policies=policies, clock=clock)
