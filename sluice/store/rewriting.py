"""Commit the published versions of a table anew, with other files, and begin its log with them.

The newest version is the last of them again. Until then the table says that it is being rewritten, so that whoever commits next after a crash
restores what it was; published versions are read from the former log.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import unquote

from sluice.errors import StoreError
from sluice.messages import make_error
from sluice.ports import Lease
from sluice.store.blobs import Blobs
from sluice.store.changed_files import replace_files
from sluice.store.failpoints import fail_point
from sluice.store.fenced_commits import fence_properties, repeat, require_fence, title_of
from sluice.store.table_states import TableState
from sluice.store.version_mapping import OLDEST, REWRITING, rewritten_of

if TYPE_CHECKING:
    from deltalake import CommitProperties, DeltaTable

_LOG = "_delta_log"


def commit_states(
    open_table: Callable[[], DeltaTable],
    lease: Lease,
    former: TableState,
    states: Sequence[TableState],
    properties: Mapping[str, str],
) -> int:
    """Commit states of a table one after the other, so that versions that are read of the former ones are read of these; return the first one's version.

    Args:
        open_table: Opens the table at its newest version.
        lease: The lease of the dataset.
        former: The state of the newest version.
        states: The states, the newest last.
        properties: Properties of the table that are set.

    Raises:
        Fenced: The lease was taken over.
        StoreError: Another program changes the table.
    """
    from deltalake.exceptions import CommitFailedError

    dataset, version = lease.name, open_table().version()

    def begin(handle: DeltaTable) -> None:
        require_fence(handle, dataset, lease.epoch)
        if handle.version() != version:
            raise make_error(StoreError, "table_keeps_changing", table=title_of(handle))
        marked = {**properties, REWRITING: str(version)}
        handle.alter.set_table_properties(marked, raise_if_not_exists=False, commit_properties=fence_properties(dataset, lease.epoch))

    handle = repeat(open_table, begin)
    try:
        first = _commit_all(handle, lease, former, states)
    except CommitFailedError as error:
        require_fence(open_table(), dataset, lease.epoch)  # which takes back what was committed, where the lease is ours
        raise make_error(StoreError, "table_keeps_changing", table=title_of(handle)) from error
    _add_checkpoints(handle, first)
    finished = {OLDEST: str(first), REWRITING: ""}
    handle.alter.set_table_properties(finished, raise_if_not_exists=False, commit_properties=fence_properties(dataset, lease.epoch))
    return first


def begin_log(blobs: Blobs, place: str, first: int, unneeded: Collection[str]) -> None:
    """Remove the log of a table before a version, and files that no version from there on has.

    Args:
        blobs: The files of the lake.
        place: Folder of the table below the root of the lake.
        first: The version.
        unneeded: Names of files below the root.
    """
    for name in blobs.names(f"{place}/{_LOG}"):
        number = name.rpartition("/")[2].partition(".")[0]
        if number.isdecimal() and int(number) < first:
            blobs.delete(name)
    for name in unneeded:
        blobs.delete(name)


def data_files(blobs: Blobs, place: str) -> list[str]:
    """Return the names of the files in the folder of a table but for its log."""
    return [name for name in blobs.names(place) if not name.startswith(f"{place}/{_LOG}/")]


def unneeded_files(names: Collection[str], place: str, states: Collection[TableState]) -> list[str]:
    """Return those of some files of a table that none of its states has."""
    needed = {f"{place}/{unquote(path)}" for state in states for path in state.files}
    return [name for name in names if name not in needed]


def _add_checkpoints(handle: DeltaTable, first: int) -> None:
    """Add a checkpoint to the first version that is left, which the later ones are read from, and to the newest, which readers begin with."""
    from deltalake import DeltaTable

    options = handle._storage_options  # noqa: SLF001  # there is no public way
    DeltaTable(handle.table_uri, version=first, storage_options=options).create_checkpoint()
    handle.create_checkpoint()


def _commit_all(handle: DeltaTable, lease: Lease, former: TableState, states: Sequence[TableState]) -> int:
    first = 0
    for state in states:
        _commit(handle, lease, former, state)
        first, former = first or handle.version(), state
        fail_point("state_committed")
    return first


def _commit(handle: DeltaTable, lease: Lease, former: TableState, state: TableState) -> None:
    """Commit a state after another one; where the columns are others, which an append may not change, the table is emptied before."""
    removed = [path for path in former.files if path not in state.files]
    added = [file for path, file in state.files.items() if path not in former.files]
    if former.schema != state.schema:
        replace_files(handle, fence_properties(lease.name, lease.epoch), [*former.files], [])
        actions = [file.added() for file in state.files.values()]
        handle.create_write_transaction([*actions], "overwrite", state.schema, commit_properties=_mapping(handle, lease, state))
        handle.update_incremental()
        return
    replace_files(handle, _mapping(handle, lease, state), removed, added)


def _mapping(handle: DeltaTable, lease: Lease, state: TableState) -> CommitProperties:
    versions = {rewritten_of(lease.name, version): handle.version() + 1 for version in state.versions}
    return fence_properties(lease.name, lease.epoch, versions)
