"""Merge small files of a Delta table into larger ones, in a commit that changes no row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from sluice.rules.small_files import FileSize, files_to_merge
from sluice.store.changed_files import FileWriter, replace_files
from sluice.store.delta_scan import pin_table
from sluice.store.failpoints import fail_point

if TYPE_CHECKING:
    from deltalake import CommitProperties, DeltaTable


def merge_small_files(table: DeltaTable, properties: CommitProperties, files: FileWriter, *, any_size: bool) -> Sequence[str]:
    """Merge the small files of a table, where there are many; return the paths of those that were merged.

    Args:
        table: The table; its handle is at the new version afterwards.
        properties: Of the commit.
        files: Writes the merged files.
        any_size: Merge them as soon as there are two.
    """
    actions = pl.DataFrame(table.get_add_actions(flatten=True))
    if "num_records" not in actions.columns or actions["num_records"].null_count():  # other programs may write none
        return ()
    groups = files_to_merge([FileSize(*facts) for facts in actions.select("path", "num_records", "size_bytes").iter_rows()], any_size=any_size)
    if not groups:
        return ()
    pinned = pin_table(table)
    addresses = dict(zip(actions["path"], pinned.files, strict=True))
    merged = [file for group in groups for file in files.write(pinned.scan([addresses[path] for path in group]).collect())]
    fail_point("merged")
    paths = [path for group in groups for path in group]
    replace_files(table, properties, paths, merged, data_change=False)
    fail_point("compacted")
    return paths
