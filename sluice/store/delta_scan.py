"""Scan the rows of a Delta table."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import polars as pl

if TYPE_CHECKING:
    from deltalake import DeltaTable

_FEW_FILES = 3  # the footers of so many files are read faster than their statistics in the log
_FORBIDDEN = frozenset("[]^|\\%")  # deltalake cannot write below a folder with one of these in its name
_LENIENT: Mapping[str, Any] = {  # files that are older than a column lack it
    "missing_columns": "insert",
    "extra_columns": "ignore",
    "cast_options": pl.ScanCastOptions(missing_struct_fields="insert", extra_struct_fields="ignore"),
}
_MILLISECOND = pl.duration(milliseconds=1)
_TAKES_STATISTICS = "_table_statistics" in inspect.signature(pl.scan_parquet).parameters  # it has no public name


@dataclass(frozen=True, eq=False)
class PinnedTable:
    """Hold what is needed to scan one version of a table, whatever is committed since.

    Attributes:
        files: Paths or addresses of its files, each of which is written once and never changed.
        schema: Its columns.
        options: Storage options.
        size: Bytes of its files; 0 for few files.
        statistics: By file how many rows it has, and of each column the extremes and the number of empty cells, as Polars names them; None for few files.
    """

    files: tuple[str, ...]
    schema: pl.Schema
    options: Mapping[str, str] | None
    size: int
    statistics: pl.DataFrame | None

    def scan(self, files: Sequence[str] | None = None) -> pl.LazyFrame:
        """Scan the rows of the table, or of some of its files.

        Of many files, those that a filter excludes by their statistics in the log are not opened. `pl.scan_delta` does that too, but it reads
        the handle when the rows are collected, by when another commit may have moved it; it imports numpy and pyarrow; and it does not find
        the files of a local table whose path has a blank or a letter beyond ASCII, since deltalake names them percent-encoded.
        """
        chosen, options = list(self.files if files is None else files), dict[str, Any](_LENIENT, storage_options=self.options)
        if not chosen:
            return pl.LazyFrame(schema=self.schema)
        if files is None and self.statistics is not None:
            options["_table_statistics"] = self.statistics
        return pl.scan_parquet(chosen, schema=self.schema, glob=False, hive_partitioning=False, **options).select(self.schema.names())

    def files_with(self, column: str, values: pl.Series) -> list[str]:
        """Return the files that may hold one of some values in a column, by its smallest and largest value in each."""
        statistics = self.statistics
        if statistics is None or f"{column}_min" not in statistics.columns:
            return list(self.files)
        ordered = values.unique().sort()
        bounds = statistics.select(pl.col(f"{column}_min").alias("low"), pl.col(f"{column}_max").alias("high"))
        below, up_to = ordered.search_sorted(bounds["low"], side="left"), ordered.search_sorted(bounds["high"], side="right")
        possible = (below < up_to) | bounds["low"].is_null() | bounds["high"].is_null()
        return [file for file, is_possible in zip(self.files, possible, strict=True) if is_possible]


def pin_table(handle: DeltaTable) -> PinnedTable:
    """Return a table as it is at the version of its handle."""
    addresses, schema = handle.file_uris(), pl.Schema(handle.schema())
    files = tuple(map(unquote, addresses) if handle.table_uri.startswith("file:") else addresses)
    actions = pl.DataFrame(handle.get_add_actions(flatten=True)) if len(files) > _FEW_FILES else pl.DataFrame({"size_bytes": [0]})
    statistics = _statistics(actions, schema) if _TAKES_STATISTICS else None
    return PinnedTable(files, schema, handle._storage_options, int(actions["size_bytes"].sum()), statistics)  # noqa: SLF001  # as `pl.scan_delta` takes them; there is no public way


def scan_table(handle: DeltaTable) -> pl.LazyFrame:
    """Scan a table at the version of its handle."""
    return pin_table(handle).scan()


def _statistics(actions: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame | None:
    """Return how many rows each file has, and of each column the smallest and largest value and how many cells are empty, as Polars names them."""
    if "num_records" not in actions.columns or actions["num_records"].null_count():
        return None
    covered = [name for name, dtype in schema.items() if not dtype.is_nested() and {f"min.{name}", f"max.{name}", f"null_count.{name}"} <= set(actions.columns)]
    largest = (_largest(name, schema[name]) for name in covered)
    smallest = (pl.col(f"min.{name}").cast(schema[name], strict=False).alias(f"{name}_min") for name in covered)
    empty = (pl.col(f"null_count.{name}").cast(pl.get_index_type()).alias(f"{name}_nc") for name in covered)
    return actions.select(pl.col("num_records").cast(pl.get_index_type()).alias("len"), *empty, *smallest, *largest)


def _largest(name: str, dtype: pl.DataType) -> pl.Expr:
    """Return the largest value of a column in each file; the log cuts moments to milliseconds, so that one may be later."""
    largest = pl.col(f"max.{name}").cast(dtype, strict=False)
    return (largest + _MILLISECOND if isinstance(dtype, pl.Datetime) else largest).alias(f"{name}_max")


def forbidden_in_path(folder: str) -> str:
    """Return the characters of a local folder's path with which no Delta table can be written below it.

    Example:
        >>> forbidden_in_path("/shops/50% off [old]")
        '%[]'
    """
    return "".join(character for character in dict.fromkeys(folder) if character in _FORBIDDEN)
