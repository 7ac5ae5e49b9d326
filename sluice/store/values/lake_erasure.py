"""Erase a value in a Delta table: from its rows, those of its older versions, and its log."""

from __future__ import annotations

import functools
from collections.abc import Collection

from sluice.ports import Lease
from sluice.store.blobs import Blobs
from sluice.store.failpoints import fail_point
from sluice.store.fenced_commits import raise_fence
from sluice.store.lake import Lake
from sluice.store.lake_errors import lake_errors, table_title
from sluice.store.lake_tables import Table
from sluice.store.old_versions import READABLE
from sluice.store.rewriting import begin_log, commit_states, data_files, unneeded_files
from sluice.store.statistics import columns_with_statistics, statistics_property
from sluice.store.table_states import read_states, split_lost
from sluice.store.values.query import RowQuery
from sluice.store.values.rewritten_files import rewrite_files


def erase_in_table(lake: Lake, table: Table, lease: Lease, versions: Collection[int], query: RowQuery, substitute: str) -> list[int]:
    """Replace a value in all versions of a table that are published, and remove the others.

    Files that hold it are written anew, and the versions committed anew with them: who reads a published version gets the same rows without the value.
    Done again after a crash, it ends what was begun.

    Args:
        lake: The tables.
        table: Name of the table.
        lease: The lease of its dataset.
        versions: The versions that published runs name.
        query: Finds the values in rows.
        substitute: Stands in their place.

    Returns:
        The published versions that end here, since files of theirs are lost.

    Raises:
        Fenced: The lease was taken over.
        StoreError: The lake refuses it.
    """
    dataset, place, blobs = lease.name, f"{table}/{lease.name}", Blobs(lake.root, lake.options)
    with lake_errors(table_title(table, dataset)):
        if lake.open(table, dataset) is None:
            return []
        opened = functools.partial(lake.existing, table, dataset)
        raise_fence(opened, dataset, lease.epoch)  # which takes back a rewriting that was interrupted
        readable = lake.kept_versions(table, dataset)
        published = [version for version in versions if readable.has(version)]
        states, ended = split_lost(lake, table, dataset, read_states(lake, table, opened(), dataset, published))
        names = data_files(blobs, place)
        paths = dict.fromkeys(path for state in states for path in state.files)
        written = rewrite_files(lake, table, dataset, [*paths], query, substitute)
        fail_point("files_rewritten")
        rewritten = [state.with_files(written) for state in states]
        columns = columns_with_statistics(table, lake.schemas.get(dataset))
        properties = {**statistics_property(columns), READABLE: readable.without(ended, published).dumps()}
        first = commit_states(opened, lease, states[-1], rewritten, properties)
        fail_point("log_begun")
        begin_log(blobs, place, first, unneeded_files(names, place, rewritten))
        lake.reopen(table, dataset)
        return ended
