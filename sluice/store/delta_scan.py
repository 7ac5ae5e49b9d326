"""Scan the rows of a Delta table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deltalake import DeltaTable

_FEW_FILES = 16  # so many footers are read faster than numpy and pyarrow are imported
_FORBIDDEN = frozenset("[]^|\\%")  # deltalake cannot write below a folder with one of these in its name
_LENIENT: Mapping[str, Any] = {  # files that are older than a column lack it
    "missing_columns": "insert",
    "extra_columns": "ignore",
    "cast_options": pl.ScanCastOptions(missing_struct_fields="insert", extra_struct_fields="ignore"),
}


def scan_table(handle: DeltaTable) -> pl.LazyFrame:
    """Scan a table at the version of its handle.

    `pl.scan_delta` is left to tables of many files: it imports numpy and pyarrow, to skip files by their statistics, and it does not find the
    files of a local table whose path has a blank or a letter beyond ASCII, since deltalake names them percent-encoded.
    """
    addresses = handle.file_uris()
    files = [unquote(address) for address in addresses] if handle.table_uri.startswith("file:") else addresses
    if not files or (len(files) > _FEW_FILES and files == addresses):
        return pl.scan_delta(handle)
    schema, options = pl.Schema(handle.schema()), handle._storage_options  # noqa: SLF001  # as `pl.scan_delta` takes them; there is no public way
    return pl.scan_parquet(files, schema=schema, storage_options=options, glob=False, hive_partitioning=False, **_LENIENT).select(schema.names())


def forbidden_in_path(folder: str) -> str:
    """Return the characters of a local folder's path with which no Delta table can be written below it.

    Example:
        >>> forbidden_in_path("/shops/50% off [old]")
        '%[]'
    """
    return "".join(character for character in dict.fromkeys(folder) if character in _FORBIDDEN)
