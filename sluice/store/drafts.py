"""Write an outcome as fsynced files: rows that are only added to a table into the lake, the others and the record into the stage."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from sluice.domain import (
    ACTION,
    FLAGS,
    OTHER,
    RAW,
    RAW_TYPE,
    REASON_TYPE,
    REASONS,
    REPAIRS,
    ROW,
    RUN,
    STATE,
    Batch,
    Layout,
    Message,
    Outcome,
    RowSummary,
    Schema,
    Staged,
    ValueTallies,
    merge_summaries,
)
from sluice.errors import NotInParts
from sluice.messages import make_error, split_messages
from sluice.ports import stage
from sluice.rules import repeated
from sluice.store.changed_files import LakeFile
from sluice.store.commit_plan import added_rows
from sluice.store.failpoints import fail_point
from sluice.store.lake_errors import lake_errors
from sluice.store.lake_files import LakeFiles, sync
from sluice.store.lake_tables import TABLES, Table
from sluice.store.run_record import RunRecord

EXTRAS: Mapping[Table, Mapping[str, pl.DataType]] = {
    "clean": {RAW: RAW_TYPE, ACTION: pl.String()},
    "quarantine": {RAW: RAW_TYPE, ACTION: pl.String(), REASONS: REASON_TYPE},
    "repeats": {RAW: RAW_TYPE, STATE: pl.String(), OTHER: pl.String()},
}


@dataclass(eq=False)
class Draft:
    """Hold what is written of an outcome so far.

    Attributes:
        folder: Its folder.
        schema: Schema of the dataset.
        lake: Where rows are written that are only added.
        uri: Where the batch was read from.
        files: What lies in the lake, by table: the files, and whether they replace the table's rows.
        records: Records of the parts.
        profile: Summary of the rows of the parts; None where none is kept.
        values: Counts of these rows by the values of some columns; None where none are kept.
    """

    folder: Path
    schema: Schema
    lake: LakeFiles
    uri: str
    files: dict[Table, tuple[bool, list[LakeFile]]] = field(default_factory=dict)
    records: list[RunRecord] = field(default_factory=list)
    profile: RowSummary | None = None
    values: ValueTallies | None = None

    def add(self, outcome: Outcome, *, is_part: bool = False) -> None:
        """Write the rows of an outcome, or of a part of it; those that are only added into the lake, others into the stage.

        The rows of a part are all written into the lake: publishing removes the rows in whose place they come (`StagingArea.added`).

        Raises:
            NotInParts: Rows of a part share a key, of which a merge takes one.
            StoreError: The disk refuses.
        """
        batch, tables = outcome.split.good, stage_tables(outcome, self.schema)
        added = added_rows(outcome.kind, self.schema, tables, whole=outcome.kind == "ingest" or bool(self.uri))
        if is_part:
            self._require_keys(tables["clean"])
            added = {**dict.fromkeys(tables, False), **added}
        with stage("write"), lake_errors(Message.of("staging", dataset=batch.dataset)):
            for table, rows in tables.items():
                if table in added:
                    written = self.lake.write(table, batch.dataset, with_run(rows, batch.id), self.folder)
                    self.files.setdefault(table, (added[table], []))[1].extend(written)
                else:
                    rows.write_parquet(self.folder / f"{table}.parquet", compression="zstd", compression_level=1)
        self.records.append(RunRecord.of(outcome, self.uri))
        self.profile = merge_summaries(self.profile, outcome.profile)
        self.values = merge_summaries(self.values, outcome.values)

    def _require_keys(self, good: pl.DataFrame) -> None:
        if self.schema.mode == "upsert" and self.schema.key and not self.schema.blank_key and repeated(good, self.schema.key).any():
            raise make_error(NotInParts, "rows_share_a_key")

    def forget(self) -> None:
        """Delete what is written."""
        for table, (_, files) in self.files.items():
            self.lake.delete(table, self.schema.dataset, files)
        self.files.clear()
        self.records.clear()
        self.profile = self.values = None

    def seal(self, outcome: Outcome) -> Staged:
        """Make a stage of what is written.

        Args:
            outcome: The outcome of all parts, whose rows are written.

        Raises:
            StoreError: The disk refuses.
        """
        batch = outcome.split.good
        with stage("write"), lake_errors(Message.of("staging", dataset=batch.dataset)):
            record = RunRecord.of(outcome, self.uri, Layout.of(self.schema)).with_rows_of(self.records).with_profile(self.profile)
            record = record.with_value_scores(self.values, outcome.phases.get("arrival", ()))
            files: dict[str, dict[str, Any]] = {}
            for table, (overwrite, written) in self.files.items():
                files[table] = {"overwrite": overwrite, "files": [asdict(file) for file in written]}
            fail_point("written")
            (self.folder / "record.json").write_text(replace(record, files=files).dumps(), encoding="utf-8")
            digest = digest_of_folder(self.folder, durable=True)
            fail_point("staging")
            final = self.folder.with_name(f"{batch.id}.{digest[:12]}")
            shutil.rmtree(final, ignore_errors=True)
            self.folder.replace(final)
            sync(final.parent)
        fail_point("staged")
        return Staged(batch.dataset, batch.id, outcome.kind, str(final), digest)


def stage_tables(outcome: Outcome, schema: Schema) -> Mapping[Table, pl.DataFrame]:
    """Return the rows of an outcome by table of the lake.

    Args:
        outcome: The outcome.
        schema: Schema of its dataset.
    """
    if outcome.tables:
        return {table: outcome.tables[table] for table in TABLES}
    repairs = outcome.repairs if outcome.repairs.width else REPAIRS.to_frame()
    return {
        "clean": _declared(outcome.split.good, schema, EXTRAS["clean"]).with_columns(pl.col(ACTION).fill_null("keep")),
        "quarantine": _declared(outcome.split.bad, schema, EXTRAS["quarantine"]),
        "repairs": split_messages(repairs.select(pl.col(name).cast(dtype) for name, dtype in REPAIRS.items())),
        "repeats": _declared(replace(outcome.split.good, rows=_repeats(outcome)), schema, EXTRAS["repeats"]),
        "flags": split_messages(outcome.flags.select(*FLAGS).cast(FLAGS)),
    }


def _repeats(outcome: Outcome) -> pl.DataFrame:
    return pl.concat([outcome.repeats, outcome.replaced], how="diagonal")


def with_run(rows: pl.DataFrame, run: str) -> pl.DataFrame:
    """Add the run that writes the rows, unless they have the runs that wrote them at first, as in a rebuild."""
    return rows if RUN in rows.columns else rows.with_columns(pl.lit(run).alias(RUN))


def _declared(batch: Batch, schema: Schema, extras: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Return the declared columns, the row id and the extras, in that order and in their types; null where the batch has none."""
    columns = {**schema.dtypes, ROW: pl.String(), **extras}
    present = set(batch.rows.columns)
    return batch.rows.select((pl.col(name) if name in present else pl.lit(None).alias(name)).cast(dtype) for name, dtype in columns.items())


def digest_of_folder(folder: Path, *, durable: bool = False) -> str:
    """Hash the files of a folder; where it must be durable, they are fsynced."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            digest.update(path.name.encode() + b"\0" + hashlib.file_digest(file, "sha256").digest())
            if durable:
                os.fsync(file.fileno())
    if durable:
        sync(folder)
    return digest.hexdigest()
