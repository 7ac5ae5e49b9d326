"""Erase a value in a Delta table: from its rows, its older versions and its log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from sluice.domain import ROW
from sluice.store.delta_scan import scan_table
from sluice.store.lake import OLDEST, Lake
from sluice.store.lake_errors import lake_errors, table_title
from sluice.store.statistics import columns_with_statistics, set_properties, statistics_property, writer_properties
from sluice.store.values.query import RowQuery

if TYPE_CHECKING:
    from deltalake import DeltaTable

_RETENTION = "delta.logRetentionDuration"


def erase_in_table(lake: Lake, table: str, dataset: str, query: RowQuery, substitute: str) -> None:
    """Replace a value in a table, and remove the versions before: snapshots of them read the rows as they are then.

    Whoever calls it holds the lease of the dataset. Done again after a crash, it ends what was begun.

    Args:
        lake: The tables.
        table: Name of the table.
        dataset: Whose.
        query: Finds the values in rows.
        substitute: Stands in its place.

    Raises:
        StoreError: The lake refuses it.
    """
    with lake_errors(table_title(table, dataset)):
        handle = lake.open(table, dataset)
        if handle is None:
            return
        columns = columns_with_statistics(table, lake.schemas.get(dataset))
        set_properties(handle, statistics_property(columns))
        rows = scan_table(handle).collect()
        ids = rows.filter(query.rows(rows))[ROW].unique().to_list()
        if ids:
            _overwrite(handle, query.replace_in_rows(rows.filter(pl.col(ROW).is_in(ids)), substitute), ids, columns)
        _forget_versions(handle)


def _overwrite(handle: DeltaTable, rows: pl.DataFrame, ids: list[str], columns: tuple[str, ...]) -> None:
    from deltalake import write_deltalake

    chosen = ", ".join("'" + row.replace("'", "''") + "'" for row in ids)
    write_deltalake(handle, rows, mode="overwrite", predicate=f'"{ROW}" IN ({chosen})', writer_properties=writer_properties(columns))


def _forget_versions(handle: DeltaTable) -> None:
    """Remove the files and log entries of all versions but the newest, which from then on is the oldest that is read."""
    retention = handle.metadata().configuration.get(_RETENTION, "")
    properties = {OLDEST: str(handle.version() + 1), _RETENTION: "interval 0 seconds"}
    handle.alter.set_table_properties(properties, raise_if_not_exists=False)
    handle.create_checkpoint()  # of this very version: `vacuum` commits further ones
    handle.cleanup_metadata()
    handle.vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False, full=True)
    if retention:
        handle.alter.set_table_properties({_RETENTION: retention})
