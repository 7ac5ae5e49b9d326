"""Read and write rows: Delta tables `clean/<dataset>`, `quarantine/<dataset>`, `repairs/`, `flags/` and `repeats/<dataset>`, in a folder or on S3."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from sluice.domain import ROW, Message, Schema
from sluice.errors import StoreError
from sluice.messages import join_messages, make_error
from sluice.ports import Lease
from sluice.rules.small_files import MANY
from sluice.store.added_files import AddFiles
from sluice.store.changed_files import add_missing_columns
from sluice.store.compaction import merge_small_files
from sluice.store.delta_commits import Append, Commit, Replace, Upsert, is_outdated
from sluice.store.delta_scan import PinnedTable, forbidden_in_path
from sluice.store.extracts import Extracts
from sluice.store.fenced_commits import CommitKey, Published, commit_once, compact_once, fence_properties, is_committed, raise_fence
from sluice.store.handles import Handles
from sluice.store.lake_errors import lake_errors, require_version, table_title
from sluice.store.lake_files import TableFiles
from sluice.store.lake_tables import TABLES, Table
from sluice.store.old_versions import KeptVersions
from sluice.store.small_files import SmallFiles
from sluice.store.statistics import columns_with_statistics, set_properties, statistics_property
from sluice.store.stored_names import with_canonical_names
from sluice.store.version_mapping import oldest_version, version_to_read

if TYPE_CHECKING:
    from deltalake import CommitProperties, DeltaTable

_NEVER_EXPIRE = {"delta.logRetentionDuration": "interval 36500 days", "delta.enableExpiredLogCleanup": "false"}
_CHECKPOINTS = {"delta.checkpointInterval": "10"}  # commits; whoever opens a table, or asks it for a transaction, reads all commits since the newest one
_RACERS = 8


class Lake:
    """Hold the Delta tables under one root; deltalake is imported when the first table is opened.

    Attributes:
        root: A folder, or an `s3://` address.
        remote: Whether the root is an address.
        options: Storage options.
        schemas: The declared datasets, by name.
    """

    def __init__(self, root: str, options: Mapping[str, str] | None = None, schemas: Mapping[str, Schema] | None = None) -> None:
        """Open nothing yet.

        Args:
            root: A folder, or an `s3://` address.
            options: Storage options; those of the environment (AWS_*) unless given.
            schemas: The declared datasets; of the columns of others no statistics are kept.
        """
        self.root = root.rstrip("/")
        self.remote = "://" in root
        self.schemas = schemas or {}
        self.options = dict(options if options is not None else _environment() if self.remote else {})
        self._handles, self._extracts = Handles(self.options), Extracts()
        self._small_files = SmallFiles(self._extracts)
        self._looked_at: dict[str, int] = {}

    def address(self, table: str, dataset: str) -> str:
        """Return where a table is."""
        return f"{self.root}/{table}/{dataset}"

    def scan(self, table: Table, dataset: str, version: int | None) -> pl.LazyFrame:
        """Scan the rows of one version of a table; a frame without columns where the version is None.

        Where a value was erased since, the rows are those of the version without it.
        """
        if version is None:
            return pl.LazyFrame()
        with lake_errors(self._title(table, dataset)):
            return _current(table, self._small_files.scan(self.address(table, dataset), self._pin(table, dataset, version)))

    def scan_rows(self, table: Table, dataset: str, version: int, ids: Sequence[str]) -> pl.LazyFrame:
        """Scan the rows of one version of a table that have one of some ids; files that hold none, by their statistics in the log, are not opened."""
        with lake_errors(self._title(table, dataset)):
            pinned = self._pin(table, dataset, version)
            rows = pinned.scan(pinned.files_with(ROW, pl.Series(ids, dtype=pl.String)))
            return _current(table, rows.filter(pl.col(ROW).is_in(list(ids))))

    def extract(self, table: Table, dataset: str, version: int, name: str, compute: Callable[[pl.LazyFrame], pl.LazyFrame]) -> pl.DataFrame:
        """Return what is computed of each row of one version of a table; of files that were read before, it is remembered.

        Args:
            table: The table.
            dataset: The dataset.
            version: The version.
            name: Of what is computed.
            compute: Selects or makes columns of a row from that row alone; filters by that row alone.
        """
        with lake_errors(self._title(table, dataset)):
            return self._extracts.of(self._pin(table, dataset, version), (table, dataset, name), lambda rows: compute(_current(table, rows)))

    def _pin(self, table: Table, dataset: str, version: int) -> PinnedTable:
        return self._handles.pin(self.address(table, dataset), functools.partial(self._chosen, table, dataset, version))

    def _chosen(self, table: Table, dataset: str, version: int, handle: DeltaTable) -> int:
        """Return the version that is read in place of another: that of its merged files, or of those that were written anew."""
        require_version(self._title(table, dataset), handle, version)
        KeptVersions.of(handle).require(self._title(table, dataset), version)
        return self._mapped(table, dataset, version, handle)

    def mapped(self, table: Table, dataset: str, version: int) -> int:
        """Return the version with the rows of a published version in other files; the version itself where there is none."""
        return self._mapped(table, dataset, version, self.existing(table, dataset))

    def _mapped(self, table: Table, dataset: str, version: int, handle: DeltaTable) -> int:
        transaction = functools.partial(self._handles.transaction, self.address(table, dataset))
        return version_to_read(transaction, oldest_version(handle), dataset, version)

    def require_versions(self, dataset: str, versions: Mapping[str, int]) -> None:
        """Pass only where a dataset's tables are as new as the records say.

        Raises:
            StoreError: The lake is older than the database, or does not answer.
        """
        for table in TABLES:
            with lake_errors(self._title(table, dataset)):
                if table in versions:
                    require_version(self._title(table, dataset), self.open(table, dataset), versions[table])

    def write_once(self, table: Table, key: CommitKey, commit: Commit, published: Published | None = None) -> int | None:
        """Apply a commit of a run, unless it was applied before; return the version, or None where there is nothing to commit.

        Args:
            table: Name of the table.
            key: The run and its lease.
            commit: The commit.
            published: What the database knows of the table.

        Raises:
            Fenced: The lease was taken over.
            StoreError: The lake refuses it.
        """
        if commit.empty:
            return None
        columns = columns_with_statistics(table, self.schemas.get(key.dataset))

        def opened() -> DeltaTable:
            return self.open(table, key.dataset) or self._create(table, key.dataset, commit.rows.schema, columns)

        def change(handle: DeltaTable, properties: CommitProperties) -> None:
            lease = fence_properties(key.dataset, key.epoch)
            set_properties(handle, {**_CHECKPOINTS, **statistics_property(columns)}, lease)
            if isinstance(commit, AddFiles | Upsert | Replace) and not is_outdated(handle, commit.rows):
                add_missing_columns(handle, commit.rows.schema, lease)
            commit.apply(handle, properties, TableFiles(self, table, key.dataset))

        with lake_errors(self._title(table, key.dataset)):
            return commit_once(opened, key, change, published)

    def has(self, table: Table, key: CommitKey) -> bool:
        """Return True where a run has changed a table."""
        with lake_errors(self._title(table, key.dataset)):
            handle = self.open(table, key.dataset)
            return handle is not None and is_committed(handle, key)

    def raise_fence(self, dataset: str, epoch: int) -> None:
        """Refuse every later commit of an earlier epoch to a dataset's tables.

        Raises:
            Fenced: A later epoch has written to one of them.
            StoreError: The lake refuses it.
        """
        for table in TABLES:
            with lake_errors(self._title(table, dataset)):
                if self.open(table, dataset) is not None:
                    raise_fence(functools.partial(self.existing, table, dataset), dataset, epoch)

    def compact(self, table: Table, lease: Lease, published: Published, *, any_size: bool = False) -> int:
        """Merge small files of a table, whose rows stay the same; return the number of files that were merged.

        The published version is read from the merged files from then on; earlier ones from theirs.

        Args:
            table: Name of the table.
            lease: The lease of the dataset.
            published: What the database knows of the table.
            any_size: Merge small files as soon as there are two; otherwise once there are many, and where no look at them was taken a few commits ago.

        Raises:
            Fenced: The lease was taken over.
            StoreError: The lake refuses it.
        """
        dataset, merged = lease.name, list[str]()
        address = self.address(table, dataset)

        def change(handle: DeltaTable, properties: CommitProperties) -> None:
            merged[:] = merge_small_files(handle, properties, TableFiles(self, table, dataset), any_size=any_size)

        with lake_errors(self._title(table, dataset)):
            handle = self.open(table, dataset)
            if handle is None or (not any_size and handle.version() < self._looked_at.get(address, 0) + MANY):
                return 0
            self._looked_at[address] = handle.version()
            compact_once(functools.partial(self.existing, table, dataset), dataset, lease.epoch, published, change)
            return len(merged)

    def kept_versions(self, table: Table, dataset: str) -> KeptVersions:
        """Return which versions of a table can be read, as far as retention says."""
        with lake_errors(self._title(table, dataset)):
            handle = self.open(table, dataset)
            return KeptVersions() if handle is None else KeptVersions.of(handle)

    def open_for(self, table: Table, dataset: str, version: int) -> DeltaTable:
        """Open the version that readers of a version read.

        Raises:
            StoreError: The table has no such version, or its log is damaged.
        """
        with lake_errors(self._title(table, dataset)):
            return self._handles.at(self.address(table, dataset), functools.partial(self._chosen, table, dataset, version))

    def files_at(self, table: Table, dataset: str, version: int) -> list[tuple[str, int]]:
        """Return the files of the version that readers of a version open, each with its size; errors as in `open_for`."""
        with lake_errors(self._title(table, dataset)):
            actions = pl.DataFrame(self.open_for(table, dataset, version).get_add_actions(flatten=True))
            return list(zip(actions["path"], actions["size_bytes"], strict=True)) if actions.height else []

    def probe(self) -> None:
        """Refuse a store that would lose commits: one that lets two writers put the same key.

        Raises:
            StoreError: Of some racing commits not all survived, or the store does not answer.
        """
        with lake_errors(Message.of("lake", lake=self.root)):
            if not self.remote:
                if characters := forbidden_in_path(str(Path(self.root).resolve())):
                    raise make_error(StoreError, "lake_folder_unfit", lake=self.root, characters=characters)
                Path(self.root).mkdir(parents=True, exist_ok=True)
            elif self.open("_probe", "passed") is None:  # not passed at an earlier start
                self._race()

    def _race(self) -> None:
        from deltalake import CommitProperties, DeltaTable

        row = pl.DataFrame({"probe": [1]})
        start = (self.open("_probe", "commits") or self._create("_probe", "commits", row.schema)).version()
        racers = [DeltaTable(self.address("_probe", "commits"), storage_options=self.options) for _ in range(_RACERS)]
        with ThreadPoolExecutor(_RACERS) as race:
            list(race.map(lambda racer: Append(row).apply(racer, CommitProperties(), TableFiles(self, "clean", "_probe")), racers))
        if DeltaTable(self.address("_probe", "commits"), storage_options=self.options).version() < start + _RACERS:
            raise make_error(StoreError, "lake_unconditional", lake=self.root)
        self._create("_probe", "passed", row.schema)

    def open(self, table: str, dataset: str) -> DeltaTable | None:
        """Open a table at its newest version; None where there is none."""
        return self._handles.newest(self.address(table, dataset))

    def reopen(self, table: str, dataset: str) -> None:
        """Open a table from its log the next time, since the log was begun anew."""
        self._handles.forget(self.address(table, dataset))

    def existing(self, table: Table, dataset: str) -> DeltaTable:
        """Open a table at its newest version.

        Raises:
            StoreError: It is gone.
        """
        handle = self.open(table, dataset)
        if handle is None:
            raise make_error(StoreError, "table_gone", table=self._title(table, dataset))
        return handle

    def _create(self, table: str, dataset: str, schema: pl.Schema, columns: Sequence[str] = ()) -> DeltaTable:
        from deltalake import DeltaTable

        configuration = {**_NEVER_EXPIRE, **_CHECKPOINTS, **statistics_property(columns)}
        return DeltaTable.create(self.address(table, dataset), schema, mode="ignore", configuration=configuration, storage_options=self.options)

    def _title(self, table: Table, dataset: str) -> Message:
        return table_title(table, dataset)


def _current(table: Table, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return stored rows in the present form: reasons of the present type, rules and cleaners under their present names, messages as one text."""
    if table in ("clean", "repeats"):
        return rows
    return with_canonical_names(rows) if table == "quarantine" else join_messages(with_canonical_names(rows))


def _environment() -> dict[str, str]:
    options = {name: value for name, value in os.environ.items() if name.startswith("AWS_") and value}
    endpoint = options.get("AWS_ENDPOINT_URL", options.get("AWS_ENDPOINT", ""))
    return {"AWS_ALLOW_HTTP": "true", **options} if endpoint.startswith("http://") else options
