"""Delete the files of a table that nothing needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sluice.ports import Lease
from sluice.store.blobs import Blobs
from sluice.store.fenced_commits import fence_properties
from sluice.store.lake import Lake
from sluice.store.lake_errors import lake_errors, table_title
from sluice.store.lake_tables import Table
from sluice.store.old_versions import KeptVersions, cut_log, delete_files, merge_kept, write_kept
from sluice.store.version_mapping import oldest_version


@dataclass(frozen=True, slots=True)
class Deleted:
    """Count what was deleted of a table.

    Attributes:
        files: Files with rows.
        log: Entries of its log.
    """

    files: int = 0
    log: int = 0


def vacuum_table(lake: Lake, table: Table, lease: Lease, keep: KeptVersions, published: Sequence[int], *, dry_run: bool = False) -> Deleted:
    """Delete the files that no kept version needs, those that no commit has added among them, and the log before the oldest kept version.

    Whoever calls it holds the lease of the dataset, and has finished what was promised: no file waits to be added.

    Args:
        lake: The tables.
        table: Name of the table.
        lease: The lease of the dataset.
        keep: The versions that can be read from now on; the newest one always can.
        published: The versions that published runs name.
        dry_run: Count alone.
    """
    place, blobs = f"{table}/{lease.name}", Blobs(lake.root, lake.options)
    with lake_errors(table_title(table, lease.name)):
        handle = lake.open(table, lease.name)
        if handle is None:  # a worker may have died before its first promise
            return Deleted(blobs.clear(place, dry_run=dry_run))
        left = merge_kept(handle, keep)
        if not dry_run:
            write_kept(handle, left, fence_properties(lease.name, lease.epoch))
        versions = [version for version in published if left.has(version)]
        named = {*versions, *(lake.mapped(table, lease.name, version) for version in versions), handle.version()}
        needed = [version for version in named if version >= oldest_version(handle)]
        files = delete_files(handle, blobs, place, needed, dry_run=dry_run)
        return Deleted(files, cut_log(blobs, place, min(needed), dry_run=dry_run))
