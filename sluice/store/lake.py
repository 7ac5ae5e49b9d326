"""Read and write rows: Delta tables `clean/<dataset>`, `quarantine/<dataset>`, `repairs/`, `flags/` and `repeats/<dataset>`, in a folder or on S3."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import polars as pl

from sluice.domain import Schema
from sluice.errors import StoreError
from sluice.messages import join_messages
from sluice.store.delta_commits import Append, Commit
from sluice.store.delta_scan import forbidden_in_path, scan_table
from sluice.store.lake_errors import lake_errors
from sluice.store.statistics import columns_with_statistics, limit_statistics, statistics_property, writer_properties
from sluice.store.stored_names import with_canonical_names

if TYPE_CHECKING:
    from deltalake import DeltaTable

Table: TypeAlias = Literal["repairs", "quarantine", "flags", "repeats", "clean"]
TABLES: tuple[Table, ...] = (
    "repairs",
    "quarantine",
    "flags",
    "repeats",
    "clean",
)  # in the order of writing: nobody sees a clean row before its repairs and flags

_NEVER_EXPIRE = {"delta.logRetentionDuration": "interval 36500 days", "delta.enableExpiredLogCleanup": "false"}
OLDEST = "sluice.oldestVersion"  # property of a table in which a value was erased: the versions before are gone
_ATTEMPTS = 20
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

    def address(self, table: str, dataset: str) -> str:
        """Return where a table is."""
        return f"{self.root}/{table}/{dataset}"

    def scan(self, table: Table, dataset: str, version: int | None) -> pl.LazyFrame:
        """Scan the rows of one version of a table; a frame without columns where the version is None.

        Where a value was erased since, the version is gone: then the rows are those that the erasure left.
        """
        if version is None:
            return pl.LazyFrame()
        with lake_errors(self._title(table, dataset)):
            from deltalake import DeltaTable

            handle = DeltaTable(self.address(table, dataset), storage_options=self.options or None)
            oldest = int(handle.metadata().configuration.get(OLDEST) or 0)
            if handle.version() != version:
                handle = DeltaTable(self.address(table, dataset), version=max(version, oldest), storage_options=self.options or None)
            return _current(table, scan_table(handle))

    def write_once(self, table: Table, dataset: str, key: str, commit: Commit) -> int | None:
        """Apply a commit under a key, unless it was applied before; return the version, or None where there is nothing to commit.

        The key is looked up and written on one handle, so that of two writers of the same key one is refused, and finds it.

        Raises:
            StoreError: The lake refuses it.
        """
        from deltalake import CommitProperties, Transaction
        from deltalake.exceptions import CommitFailedError

        if commit.empty:
            return None
        properties = CommitProperties(app_transactions=[Transaction(key, 1)], custom_metadata={"run": key})
        columns = columns_with_statistics(table, self.schemas.get(dataset))
        with lake_errors(self._title(table, dataset)):
            for attempt in range(_ATTEMPTS):
                try:
                    handle = self.open(table, dataset) or self._create(table, dataset, commit.rows.schema, columns)
                    if handle.transaction_version(key) is None:
                        limit_statistics(handle, columns)
                        commit.apply(handle, properties, writer_properties(columns))
                    return handle.version()
                except CommitFailedError:
                    time.sleep(0.02 * attempt)
        raise StoreError(f"{self._title(table, dataset)}: other programs keep changing it; stop them and run again")

    def has(self, table: Table, dataset: str, key: str) -> bool:
        """Return True where a commit was applied under that key."""
        with lake_errors(self._title(table, dataset)):
            handle = self.open(table, dataset)
            return handle is not None and handle.transaction_version(key) is not None

    def vacuum(self, table: Table, dataset: str, keep: Sequence[int]) -> int:
        """Delete the files that neither a version in `keep` nor the newest one needs; return their number."""
        with lake_errors(self._title(table, dataset)):
            handle = self.open(table, dataset)
            if handle is None:
                return 0
            oldest = int(handle.metadata().configuration.get(OLDEST) or 0)
            versions = sorted({*(version for version in keep if version >= oldest), handle.version()})
            return len(handle.vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False, full=True, keep_versions=versions))

    def probe(self) -> None:
        """Refuse a store that would lose commits: one that lets two writers put the same key.

        Raises:
            StoreError: Of some racing commits not all survived, or the store does not answer.
        """
        with lake_errors(f"the lake {self.root}"):
            if not self.remote:
                if characters := forbidden_in_path(str(Path(self.root).resolve())):
                    raise StoreError(f"the lake {self.root}: Delta tables cannot be kept in a folder with {characters} in its path; move it, or set `lake`")
                Path(self.root).mkdir(parents=True, exist_ok=True)
            elif self.open("_probe", "passed") is None:  # not passed at an earlier start
                self._race()

    def _race(self) -> None:
        from deltalake import CommitProperties, DeltaTable

        row = pl.DataFrame({"probe": [1]})
        start = (self.open("_probe", "commits") or self._create("_probe", "commits", row.schema)).version()
        racers = [DeltaTable(self.address("_probe", "commits"), storage_options=self.options) for _ in range(_RACERS)]
        with ThreadPoolExecutor(_RACERS) as race:
            list(race.map(lambda racer: Append(row).apply(racer, CommitProperties(), writer_properties(())), racers))
        if DeltaTable(self.address("_probe", "commits"), storage_options=self.options).version() < start + _RACERS:
            raise StoreError(f"the lake {self.root} ignores conditional puts (If-None-Match) and would lose commits; use a store that honours them")
        self._create("_probe", "passed", row.schema)

    def open(self, table: str, dataset: str) -> DeltaTable | None:
        """Open a table at its newest version; None where there is none."""
        from deltalake import DeltaTable
        from deltalake.exceptions import TableNotFoundError

        try:
            return DeltaTable(self.address(table, dataset), storage_options=self.options)
        except TableNotFoundError:
            return None

    def _create(self, table: str, dataset: str, schema: pl.Schema, columns: Sequence[str] = ()) -> DeltaTable:
        from deltalake import DeltaTable

        configuration = {**_NEVER_EXPIRE, **statistics_property(columns)}
        return DeltaTable.create(self.address(table, dataset), schema, mode="ignore", configuration=configuration, storage_options=self.options)

    def _title(self, table: Table, dataset: str) -> str:
        return f"the lake's table {table}/{dataset}"


def _current(table: Table, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return stored rows in the present form: reasons of the present type, rules and cleaners under their present names, messages as one text."""
    if table in ("clean", "repeats"):
        return rows
    return with_canonical_names(rows) if table == "quarantine" else join_messages(with_canonical_names(rows))


def _environment() -> dict[str, str]:
    options = {name: value for name, value in os.environ.items() if name.startswith("AWS_") and value}
    endpoint = options.get("AWS_ENDPOINT_URL", options.get("AWS_ENDPOINT", ""))
    return {"AWS_ALLOW_HTTP": "true", **options} if endpoint.startswith("http://") else options
