"""Write rows as Parquet files in the folder of a lake's table, where nobody reads them until a commit adds them."""

from __future__ import annotations

import hashlib
import os
import tempfile
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from sluice.errors import StoreError
from sluice.messages import make_error
from sluice.store.blobs import Blobs
from sluice.store.changed_files import LakeFile
from sluice.store.file_statistics import file_statistics
from sluice.store.lake_errors import lake_errors, table_title
from sluice.store.lake_tables import LakePlace, Table
from sluice.store.statistics import columns_with_statistics, writer_properties

if TYPE_CHECKING:
    from deltalake import WriterProperties

_PREFIX, _DIGEST = "part-", 64  # beginning of a file's name; characters of a SHA-256
_ROWS, _HELD_ROWS = 2**22, 2**16  # of one file: a change copies whole files, and held rows are changed when they are judged again


class LakeFiles:
    """Write, check, read and delete files of tables by name."""

    def __init__(self, lake: LakePlace) -> None:
        """Keep the tables' lake."""
        self._lake = lake
        self._blobs = Blobs(lake.root, lake.options)

    def write(self, table: Table, dataset: str, rows: pl.DataFrame, scratch: Path) -> list[LakeFile]:
        """Write rows, fsynced, or answered by S3; return the files, none where there are no rows.

        Args:
            table: Name of the table.
            dataset: Whose.
            rows: The rows.
            scratch: A local folder for what is on its way to S3.
        """
        with lake_errors(table_title(table, dataset)):
            return [self._write(table, dataset, part, scratch) for part in rows.iter_slices(_HELD_ROWS if table == "quarantine" else _ROWS) if part.height]

    def schema(self, table: Table, dataset: str, files: Sequence[LakeFile]) -> pl.Schema:
        """Return the columns of files, once they are found to be there whole.

        Raises:
            StoreError: One is gone, or has another size.
        """
        for file in files:
            if self._blobs.size(_name(table, dataset, file)) != file.bytes:
                raise make_error(StoreError, "lake_file_damaged", file=_name(table, dataset, file))
        return self._scan(table, dataset, files).collect_schema()

    def read(self, table: Table, dataset: str, files: Sequence[LakeFile], columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Read all columns of files, or those named."""
        rows = self._scan(table, dataset, files)
        return (rows if columns is None else rows.select(columns)).collect()

    def delete(self, table: Table, dataset: str, files: Sequence[LakeFile]) -> None:
        """Delete files that no commit has added."""
        for file in files:
            self._blobs.delete(_name(table, dataset, file))

    def _write(self, table: Table, dataset: str, rows: pl.DataFrame, scratch: Path) -> LakeFile:
        columns = columns_with_statistics(table, self._lake.schemas.get(dataset))
        path = (scratch if self._lake.remote else Path(self._lake.address(table, dataset))) / f"{_PREFIX}{uuid.uuid4().hex}.parquet"
        try:
            _write_parquet(rows, path, footer=_public(rows, columns))
            path, digest = _named_by_digest(path)
            file = LakeFile(path.name, rows.height, path.stat().st_size, digest, file_statistics(rows, columns))
            if self._lake.remote:
                self._blobs.put_file(f"{table}/{dataset}/{file.path}", path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        if self._lake.remote:
            path.unlink()
        return file

    def _scan(self, table: Table, dataset: str, files: Sequence[LakeFile]) -> pl.LazyFrame:
        addresses = [f"{self._lake.address(table, dataset)}/{file.path}" for file in files]
        return pl.scan_parquet(addresses, storage_options=self._lake.options or None, glob=False, hive_partitioning=False)


@dataclass(frozen=True, slots=True)
class TableFiles:
    """Write files of one table; see `changed_files.FileWriter`.

    Attributes:
        lake: Where the table is.
        table: Name of the table.
        dataset: Whose.
    """

    lake: LakePlace
    table: Table
    dataset: str

    @property
    def properties(self) -> WriterProperties:
        """Return how deltalake writes them: with statistics of columns that are not personal."""
        return writer_properties(columns_with_statistics(self.table, self.lake.schemas.get(self.dataset)))

    def write(self, rows: pl.DataFrame) -> Sequence[LakeFile]:
        """Write rows, fsynced, or answered by S3."""
        with tempfile.TemporaryDirectory() as scratch:
            return LakeFiles(self.lake).write(self.table, self.dataset, rows, Path(scratch))


def _name(table: Table, dataset: str, file: LakeFile) -> str:
    return f"{table}/{dataset}/{file.path}"


def _public(rows: pl.DataFrame, columns: Sequence[str]) -> bool:
    """Return True where no column is personal, so that the footer may have statistics; Polars writes those of all columns, or none."""
    return all(name in columns or dtype.is_nested() for name, dtype in rows.schema.items())


def _write_parquet(rows: pl.DataFrame, path: Path, *, footer: bool) -> None:
    """Write a file and make it durable, with the folders that it needs."""
    created = [folder for folder in (path.parent, *path.parents) if not folder.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    rows.write_parquet(path, compression="zstd", compression_level=1, statistics=footer)
    for place in (path, path.parent, *(folder.parent for folder in created)):
        sync(place)


def _named_by_digest(path: Path) -> tuple[Path, str]:
    """Add the SHA-256 of a file to its name, so that it can be verified as long as it is read; return the new path and the digest."""
    digest = _sha256(path)
    named = path.with_name(f"{path.stem}-{digest}.parquet")
    path.rename(named)
    sync(named.parent)
    return named, digest


def digest_in(name: str) -> str:
    """Return the SHA-256 in the name of a file; empty where an earlier version wrote it, or an erasure.

    Example:
        >>> digest_in("part-0123.parquet"), len(digest_in(f"part-0123-{'a' * 64}.parquet"))
        ('', 64)
    """
    digest = name.removesuffix(".parquet").rpartition("-")[2]
    return digest if name.startswith(_PREFIX) and len(digest) == _DIGEST else ""


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Make a file, or the names in a folder, durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
