"""Read the data files of a Delta table, at one of its versions; partition values come from the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import polars as pl

from sluice.config import Limits
from sluice.domain import ReadOptions
from sluice.errors import SourceError, TooLarge
from sluice.messages import make_error
from sluice.sources.column_names import tidy_names
from sluice.sources.delta_log import Partition
from sluice.sources.parquet import plain_frame
from sluice.sources.text_encoding import columns_to_read

if TYPE_CHECKING:
    from deltalake import DeltaTable


def open_table(folder: Path, version: int | None = None) -> DeltaTable:
    """Open a table at a version, by default the newest.

    Raises:
        SourceError: Its log is broken, or it uses column mapping, with which the columns of its files have other names.
    """
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError

    try:
        handle = DeltaTable(folder.resolve(), version=version)
        configuration = handle.metadata().configuration
    except DeltaError as error:
        code = "delta_column_mapping" if "column mapping" in str(error).lower() else "delta_unreadable"
        raise make_error(SourceError, code, table=folder.name, error=type(error).__name__) from None
    if configuration.get("delta.columnMapping.mode", "none") != "none":
        raise make_error(SourceError, "delta_column_mapping", table=folder.name)
    return handle


def deletion_vectors(handle: DeltaTable, folder: Path) -> Mapping[Path, pl.Series]:
    """Return which rows of a table's data files are there, by file, where a deletion vector takes some out; rows beyond its end are there.

    Raises:
        SourceError: A deletion vector cannot be read.
    """
    from deltalake.exceptions import DeltaError

    if "deletionVectors" not in (handle.protocol().reader_features or ()):
        return {}
    try:
        vectors = pl.DataFrame(handle.deletion_vectors())
    except DeltaError:
        raise make_error(SourceError, "delta_deletion_vectors", table=folder.name) from None
    return {Path(unquote(urlsplit(uri).path)).resolve(): pl.Series(present, dtype=pl.Boolean) for uri, present in vectors.iter_rows()}


def files_of(handle: DeltaTable) -> dict[str, Partition]:
    """Return the partition of each data file of a table at the version of its handle, by its path in the log."""
    files = pl.DataFrame(handle.get_add_actions(flatten=True))
    names = handle.metadata().partition_columns
    return {row["path"]: {name: row[f"partition.{name}"] for name in names} for row in files.iter_rows(named=True)}


def read_files(handle: DeltaTable, folder: Path, files: Mapping[str, Partition], limits: Limits) -> pl.DataFrame:
    """Return the rows of data files in the columns that the table has at the version of its handle.

    Raises:
        SourceError: A file lies outside the table's folder, or a column holds what has no text.
        TooLarge: There are more columns, or more bytes once unpacked, than the limits allow.
        FileNotFoundError: A file is gone, as after a vacuum.
    """
    schema, vectors = pl.Schema(handle.schema()), deletion_vectors(handle, folder)
    located = {path: _located(folder, path) for path in files}
    if set(vectors) - set(located.values()) and len(files) == len(files_of(handle)):
        raise make_error(SourceError, "delta_deletion_vectors", table=folder.name)  # of a file under another name
    if len(schema) > limits.columns:
        raise make_error(TooLarge, "columns_too_many", file=folder.name, limit=limits.columns)
    parts, total = [pl.DataFrame(schema=schema)], 0
    for path, partition in files.items():
        parts.append(_present(_read_file(located[path], schema, partition), vectors.get(located[path])))
        total += int(parts[-1].estimated_size())
        if total > limits.unpacked:
            raise make_error(TooLarge, "file_unpacks_too_large", file=folder.name, limit=limits.unpacked)
    return plain_frame(pl.concat(parts), folder.name)


def read(path: Path, options: ReadOptions, limits: Limits, columns: Sequence[str] | None = None) -> tuple[tuple[str, ...], pl.DataFrame]:  # as every reader
    """Return the names of all columns of a table's newest version, and the requested ones.

    Raises:
        SourceError: The table cannot be read.
        TooLarge: It exceeds a limit.
    """
    handle = open_table(path)
    frame = read_files(handle, path, files_of(handle), limits)
    frame.columns = tidy_names(frame.columns, columns)
    return tuple(frame.columns), frame.select(columns_to_read(frame.columns, columns))


def _located(folder: Path, path: str) -> Path:
    """Return where a data file is."""
    file = (folder / unquote(path)).resolve()
    if "://" in path or not file.is_relative_to(folder.resolve()):
        raise make_error(SourceError, "delta_file_elsewhere", table=folder.name)
    return file


def _read_file(path: Path, schema: pl.Schema, partition: Partition) -> pl.DataFrame:
    """Return the rows of a file; a column that it lacks is one of the partition, or younger than the file."""
    frame = pl.read_parquet(path, glob=False, hive_partitioning=False)
    columns = [
        _partition_value(partition[name], dtype).alias(name)
        if name in partition
        else (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in schema.items()
    ]
    return frame.with_row_index("\0row").select("\0row", *columns).drop("\0row")  # a file may hold no column of its own


def _present(rows: pl.DataFrame, vector: pl.Series | None) -> pl.DataFrame:
    """Return the rows of a file that no deletion vector takes out."""
    if vector is None:
        return rows
    beyond = pl.repeat(value=True, n=max(0, rows.height - vector.len()), dtype=pl.Boolean, eager=True)
    return rows.filter(pl.concat([vector, beyond]).head(rows.height))


def _partition_value(value: object, dtype: pl.DataType) -> pl.Expr:
    if not isinstance(value, str) or dtype == pl.String:
        return pl.lit(value, dtype=dtype)
    text = pl.lit(value or None, dtype=pl.String)
    if dtype == pl.Boolean:
        return text == "true"
    if isinstance(dtype, pl.Datetime):
        moment = text.str.replace("T", " ").str.strip_suffix("Z").str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us")
        return moment.dt.replace_time_zone(dtype.time_zone)
    return text.str.to_date("%Y-%m-%d") if dtype == pl.Date else text.cast(dtype)
