"""Write outcomes as fsynced files, in the lake or beside it: the boundary between judging and publishing."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from sluice.domain import FLAGS, OTHER, REPAIRS, REPEATS, ROW, RUN, STATE, Message, Outcome, Schema, Staged
from sluice.errors import StoreError
from sluice.messages import make_error, split_messages
from sluice.store.added_files import AddFiles
from sluice.store.changed_files import LakeFile
from sluice.store.commit_plan import replaced_rows
from sluice.store.drafts import EXTRAS, Draft, digest_of_folder, with_run
from sluice.store.lake import Lake
from sluice.store.lake_errors import lake_errors
from sluice.store.lake_files import LakeFiles
from sluice.store.lake_tables import TABLES, Table
from sluice.store.run_record import RunRecord
from sluice.store.stored_names import with_canonical_names

_MESSAGES: Mapping[Table, pl.Schema] = {"repairs": REPAIRS, "flags": FLAGS}
_ADDED: Mapping[Table, pl.Schema] = {"flags": FLAGS, "repeats": REPEATS}


class StagingArea:
    """Hold the folder in which outcomes wait to be published.

    Rows that are only added to a table lie in the lake already, in files that the record names; a stage holds the record, and the rows that are
    merged into others.

    Attributes:
        root: The folder.
        schemas: Every dataset's declared columns.
    """

    def __init__(self, root: Path, schemas: Mapping[str, Schema], lake: Lake) -> None:
        """Touch nothing yet.

        Args:
            root: A folder of a file system that honours fsync.
            schemas: Every dataset's declared columns.
            lake: Where rows are written that are only added.
        """
        self.root = root
        self.schemas = schemas
        self._files = LakeFiles(lake)

    def write(self, outcome: Outcome, *, uri: str = "") -> Staged:
        """Write an outcome; it is there whole, or not at all.

        Raises:
            StoreError: The disk refuses.
        """
        batch = outcome.split.good
        draft = self.draft(batch.dataset, batch.id, uri)
        draft.add(outcome)
        return draft.seal(outcome)

    def draft(self, dataset: str, batch_id: str, uri: str = "") -> Draft:
        """Begin to write an outcome, whose rows may come in parts.

        Raises:
            StoreError: The disk refuses.
        """
        with lake_errors(Message.of("staging", dataset=dataset)):
            folder = self.root / dataset / f".{batch_id}.{os.getpid()}"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        return Draft(folder, self.schemas[dataset], self._files, uri)

    @contextlib.contextmanager
    def scratch(self, dataset: str, batch_id: str, root: Path | None = None) -> Iterator[Path]:
        """Make a folder for rows on their way; it is deleted in the end, or, after a crash, with the next start or when the batch is read again.

        Args:
            dataset: Whose.
            batch_id: Id of the batch.
            root: Folder in which it is made; that of the stages by default.
        """
        folder = (root or self.root) / dataset / f".{batch_id}.{os.getpid()}.rows"
        for left in folder.parent.glob(f".{batch_id}.*.rows"):  # of a worker that was killed: whoever is here has the lease of the dataset
            shutil.rmtree(left, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def read(self, staged: Staged) -> tuple[RunRecord, Mapping[Table, pl.DataFrame]]:
        """Read the record and the rows of each table, with `_run_id` added; of rows that lie in the lake, what tells which they are.

        Raises:
            StoreError: The files are gone, or not those that were staged.
        """
        record, folder = self.record(staged), self.folder(staged)
        with lake_errors(Message.of("staged_files", run=staged.batch_id)):
            staged_tables = (table for table in TABLES if table not in record.files)
            rows = {table: with_run(_read(folder / f"{table}.parquet", table), staged.batch_id) for table in staged_tables}
            return record, {**rows, **self._identities(record)}

    def record(self, staged: Staged) -> RunRecord:
        """Read the record alone; all staged files are compared with their digest.

        Raises:
            StoreError: The files are gone, or not those that were staged.
        """
        folder = self.folder(staged)
        with lake_errors(Message.of("staged_files", run=staged.batch_id)):
            if not folder.is_dir() or digest_of_folder(folder) != staged.digest:
                raise make_error(StoreError, "staged_files_damaged", run=staged.batch_id, folder=str(folder))
            return RunRecord.loads((folder / "record.json").read_text(encoding="utf-8"))

    def added(self, record: RunRecord, rows: Mapping[Table, pl.DataFrame] | None = None) -> Mapping[Table, AddFiles]:
        """Return the commits of the files that lie in the lake already, once they are found to be there whole.

        Args:
            record: The record of the run.
            rows: What `read` returns of its rows: earlier ones that they supersede leave the table.

        Raises:
            StoreError: One is gone, or has another size.
        """
        commits: dict[Table, AddFiles] = {}
        with lake_errors(Message.of("lake_files_of_run", run=record.batch_id)):
            for table in TABLES:
                files = _files_of(record, table)
                removed = replaced_rows(rows)[ROW].to_list() if rows and table == "clean" and _are_added(record, table) else []
                if files or removed:
                    schema = self._files.schema(table, record.dataset, files) if files else empty_table(table, self.schemas[record.dataset]).schema
                    read = functools.partial(self._files.read, table, record.dataset, files)
                    commits[table] = AddFiles(files, schema, record.files[table]["overwrite"], read, removed)
        return commits

    def folder(self, staged: Staged) -> Path:
        """Return the folder of its files, wherever the root was when they were written."""
        return self.root / staged.dataset / Path(staged.folder).name

    def drop(self, staged: Staged) -> None:
        """Delete the files of what is published."""
        shutil.rmtree(self.folder(staged), ignore_errors=True)

    def discard(self, staged: Staged) -> None:
        """Delete the files of what is not published, those in the lake too."""
        with contextlib.suppress(StoreError):  # what is gone, or damaged, is left to vacuum
            record = self.record(staged)
            for table in TABLES:
                self._files.delete(table, record.dataset, _files_of(record, table))
        self.drop(staged)

    def drop_all(self, dataset: str) -> None:
        """Delete what was staged and never promised; what of it lies in the lake is left to vacuum."""
        for folder in self._folders(dataset):
            shutil.rmtree(folder, ignore_errors=True)

    def _folders(self, dataset: str) -> Iterator[Path]:
        folder = self.root / dataset
        return folder.iterdir() if folder.is_dir() else iter(())

    def _identities(self, record: RunRecord) -> Mapping[Table, pl.DataFrame]:
        """Read of rows that lie in the lake which they are, where what is recorded about the run depends on it."""
        columns: dict[Table, Sequence[str]] = {"repeats": (ROW, STATE, OTHER)}
        if record.kind != "ingest" or record.superseded or record.replaced:
            columns |= {"clean": (ROW,), "quarantine": (ROW,)}
        rows = {table: empty_table(table, self.schemas[record.dataset]) for table in TABLES if table in record.files}
        for table, names in columns.items():
            if files := _files_of(record, table):
                rows[table] = self._files.read(table, record.dataset, files, names)
        return rows


def empty_table(table: Table, schema: Schema) -> pl.DataFrame:
    """Return a table of the lake without rows."""
    columns = {**schema.dtypes, ROW: pl.String(), **EXTRAS[table]} if table in EXTRAS else split_messages(_MESSAGES[table].to_frame()).schema
    return pl.DataFrame(schema={**columns, RUN: pl.String()})


def _are_added(record: RunRecord, table: Table) -> bool:
    """Return True where the rows of a table lie in the lake, and come beside those of the table."""
    return table in record.files and not record.files[table]["overwrite"]


def _files_of(record: RunRecord, table: Table) -> list[LakeFile]:
    return [LakeFile(**facts) for facts in record.files[table]["files"]] if table in record.files else []


def _read(path: Path, table: Table) -> pl.DataFrame:
    if table in _ADDED and not path.exists():  # a stage of an earlier version has none
        return _ADDED[table].to_frame()
    rows = pl.read_parquet(path)
    return rows if table in ("clean", "repeats") else with_canonical_names(rows.lazy()).collect()
