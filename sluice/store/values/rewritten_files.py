"""Write files of a table anew without a value, a part of their rows at a time, so that a table may be larger than memory."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import polars as pl

from sluice.store.changed_files import LakeFile
from sluice.store.lake import Lake
from sluice.store.lake_files import TableFiles
from sluice.store.lake_tables import Table
from sluice.store.values.query import RowQuery

PART = 2**18  # rows that are held at once: those of a row group, as Polars writes them


def rows_in_parts(address: str, options: Mapping[str, str] | None = None, columns: Collection[str] | None = None) -> Iterator[pl.DataFrame]:
    """Yield the rows of a Parquet file, some at a time.

    Args:
        address: Path or address of the file.
        options: Storage options.
        columns: Columns that are read, as far as the file has them; all unless given.
    """
    rows = pl.scan_parquet(address, storage_options=dict(options) if options else None, glob=False, hive_partitioning=False)
    total = int(rows.select(pl.len()).collect().item())
    if columns is not None:
        rows = rows.select(name for name in rows.collect_schema().names() if name in columns)
    for first in range(0, total, PART):
        yield rows.slice(first, PART).collect()


def rewrite_files(lake: Lake, table: Table, dataset: str, paths: Sequence[str], query: RowQuery, substitute: str) -> Mapping[str, Sequence[LakeFile]]:
    """Write the files that hold a value anew; nobody reads the new ones until a commit adds them.

    Args:
        lake: The tables.
        table: Name of the table.
        dataset: Whose.
        paths: Paths of files in the folder of the table.
        query: Finds the values in rows.
        substitute: Stands in their place.

    Returns:
        By path of a file that holds the value the files in its place; none where all its rows are deleted.
    """
    writer, written = TableFiles(lake, table, dataset), {}
    for path in paths:
        address = f"{lake.address(table, dataset)}/{path}"
        if any(query.rows(rows).any() for rows in rows_in_parts(address, lake.options)):
            parts = (_replaced(rows, query, substitute) for rows in rows_in_parts(address, lake.options))
            written[path] = [file for part in parts for file in writer.write(part)]
    return written


def _replaced(rows: pl.DataFrame, query: RowQuery, substitute: str) -> pl.DataFrame:
    """Return rows with the values replaced; those that hold none are not touched."""
    hits = query.rows(rows)
    return pl.concat([rows.filter(~hits), query.replace_in_rows(rows.filter(hits), substitute)]) if hits.any() else rows
