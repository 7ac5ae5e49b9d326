"""Write outcomes as fsynced files: the boundary between judging and publishing."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl

from sluice.domain import ACTION, FLAGS, OTHER, RAW, RAW_TYPE, REASON_TYPE, REASONS, REPAIRS, REPEATS, ROW, RUN, STATE, Batch, Layout, Outcome, Schema, Staged
from sluice.errors import StoreError
from sluice.messages import split_messages
from sluice.store.failpoints import fail_point
from sluice.store.lake import TABLES, Table
from sluice.store.lake_errors import lake_errors
from sluice.store.run_record import RunRecord
from sluice.store.stored_names import with_canonical_names

_EXTRAS: Mapping[Table, Mapping[str, pl.DataType]] = {
    "clean": {RAW: RAW_TYPE, ACTION: pl.String()},
    "quarantine": {RAW: RAW_TYPE, ACTION: pl.String(), REASONS: REASON_TYPE},
    "repeats": {RAW: RAW_TYPE, STATE: pl.String(), OTHER: pl.String()},
}
_MESSAGES: Mapping[Table, pl.Schema] = {"repairs": REPAIRS, "flags": FLAGS}
_ADDED: Mapping[Table, pl.Schema] = {"flags": FLAGS, "repeats": REPEATS}


class StagingArea:
    """Hold the folder in which outcomes wait to be published.

    Attributes:
        root: The folder.
        schemas: Every dataset's declared columns.
    """

    def __init__(self, root: Path, schemas: Mapping[str, Schema]) -> None:
        """Touch nothing yet.

        Args:
            root: A folder of a file system that honours fsync.
            schemas: Every dataset's declared columns.
        """
        self.root = root
        self.schemas = schemas

    def write(self, outcome: Outcome, *, uri: str = "") -> Staged:
        """Write an outcome; it is there whole, or not at all.

        Raises:
            StoreError: The disk refuses.
        """
        batch = outcome.split.good
        with lake_errors(f"staging {batch.dataset}"):
            draft = self.root / batch.dataset / f".{batch.id}.{os.getpid()}"
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir(parents=True)
            for table, rows in self._tables(outcome).items():
                rows.write_parquet(draft / f"{table}.parquet", compression="zstd", compression_level=1)
            (draft / "record.json").write_text(RunRecord.of(outcome, uri, Layout.of(self.schemas[batch.dataset])).dumps(), encoding="utf-8")
            digest = _digest(draft, sync=True)
            fail_point("staging")
            final = draft.with_name(f"{batch.id}.{digest[:12]}")
            shutil.rmtree(final, ignore_errors=True)
            draft.replace(final)
            _sync(final.parent)
        fail_point("staged")
        return Staged(batch.dataset, batch.id, outcome.kind, str(final), digest)

    def read(self, staged: Staged) -> tuple[RunRecord, Mapping[Table, pl.DataFrame]]:
        """Read the record and the rows of each table, with `_run_id` added.

        Raises:
            StoreError: The files are gone, or not those that were staged.
        """
        record, folder = self.record(staged), self.folder(staged)
        with lake_errors(f"the staged files of run {staged.batch_id}"):
            rows = {table: _with_run(_read(folder / f"{table}.parquet", table), staged.batch_id) for table in TABLES}
        return record, rows

    def record(self, staged: Staged) -> RunRecord:
        """Read the record alone; all files are compared with their digest.

        Raises:
            StoreError: The files are gone, or not those that were staged.
        """
        folder = self.folder(staged)
        with lake_errors(f"the staged files of run {staged.batch_id}"):
            if not folder.is_dir() or _digest(folder) != staged.digest:
                raise StoreError(f"the staged files of run {staged.batch_id} in {folder} are gone or damaged; restore the folder from a backup")
            return RunRecord.loads((folder / "record.json").read_text(encoding="utf-8"))

    def folder(self, staged: Staged) -> Path:
        """Return the folder of its files, wherever the root was when they were written."""
        return self.root / staged.dataset / Path(staged.folder).name

    def drop(self, staged: Staged) -> None:
        """Delete the files of what is published."""
        shutil.rmtree(self.folder(staged), ignore_errors=True)

    def drop_all(self, dataset: str) -> None:
        """Delete what was staged and never promised."""
        for folder in self._folders(dataset):
            shutil.rmtree(folder, ignore_errors=True)

    def _folders(self, dataset: str) -> Iterator[Path]:
        folder = self.root / dataset
        return folder.iterdir() if folder.is_dir() else iter(())

    def _tables(self, outcome: Outcome) -> Mapping[str, pl.DataFrame]:
        if outcome.tables:
            return outcome.tables
        schema = self.schemas[outcome.split.good.dataset]
        repairs = outcome.repairs if outcome.repairs.width else REPAIRS.to_frame()
        return {
            "clean": _declared(outcome.split.good, schema, _EXTRAS["clean"]).with_columns(pl.col(ACTION).fill_null("keep")),
            "quarantine": _declared(outcome.split.bad, schema, _EXTRAS["quarantine"]),
            "repairs": split_messages(repairs.select(pl.col(name).cast(dtype) for name, dtype in REPAIRS.items())),
            "repeats": _declared(replace(outcome.split.good, rows=_repeats(outcome)), schema, _EXTRAS["repeats"]),
            "flags": split_messages(outcome.flags.select(*FLAGS).cast(FLAGS)),
        }


def empty_table(table: Table, schema: Schema) -> pl.DataFrame:
    """Return a table of the lake without rows."""
    columns = {**schema.dtypes, ROW: pl.String(), **_EXTRAS[table]} if table in _EXTRAS else split_messages(_MESSAGES[table].to_frame()).schema
    return pl.DataFrame(schema={**columns, RUN: pl.String()})


def _repeats(outcome: Outcome) -> pl.DataFrame:
    return pl.concat([outcome.repeats, outcome.replaced], how="diagonal")


def _read(path: Path, table: Table) -> pl.DataFrame:
    if table in _ADDED and not path.exists():  # a stage of an earlier version has none
        return _ADDED[table].to_frame()
    rows = pl.read_parquet(path)
    return rows if table in ("clean", "repeats") else with_canonical_names(rows.lazy()).collect()


def _with_run(rows: pl.DataFrame, run: str) -> pl.DataFrame:
    """Add the run that writes the rows, unless they have the runs that wrote them at first, as in a rebuild."""
    return rows if RUN in rows.columns else rows.with_columns(pl.lit(run).alias(RUN))


def _declared(batch: Batch, schema: Schema, extras: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Return the declared columns, the row id and the extras, in that order and in their types; null where the batch has none."""
    columns = {**schema.dtypes, ROW: pl.String(), **extras}
    present = set(batch.rows.columns)
    return batch.rows.select((pl.col(name) if name in present else pl.lit(None).alias(name)).cast(dtype) for name, dtype in columns.items())


def _digest(folder: Path, *, sync: bool = False) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            digest.update(path.name.encode() + b"\0" + hashlib.file_digest(file, "sha256").digest())
            if sync:
                os.fsync(file.fileno())
    if sync:
        _sync(folder)
    return digest.hexdigest()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
