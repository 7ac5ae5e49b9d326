"""Commit to a Delta table once, and only while nobody took the lease over.

Each table keeps three application transactions of its dataset: the fence, whose version is the highest epoch that wrote; the runs, whose version
is the number of the newest run; and the outcomes, whose version tells the newest run's outcome from any other. Where its files were merged, or written
anew without a value, more say in place of which published version each is read (`version_mapping.py`). All are read and written on one
handle, and deltalake may not rebase: left to its own retries, it lets an overwrite keep rows that were appended meanwhile, and an older epoch
replace a newer one.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from sluice.domain import Message
from sluice.errors import Fenced, StoreError
from sluice.messages import make_error
from sluice.store.lake_errors import table_title
from sluice.store.version_mapping import compacted_of, compaction_of, interrupted_at, oldest_version, version_to_read

if TYPE_CHECKING:
    from deltalake import CommitProperties, DeltaTable

_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class CommitKey:
    """Name the run that a commit belongs to, and the lease that it is made under.

    Attributes:
        dataset: Name of the dataset.
        batch_id: Id of the run.
        number: Number of the run's record; runs of a dataset are committed in this order.
        digest: Digest of the outcome.
        epoch: Epoch of the lease.
    """

    dataset: str
    batch_id: str
    number: int
    digest: str
    epoch: int

    @property
    def name(self) -> str:
        """Return the name of the run in a table's history; before runs were numbered, it was also its application id."""
        return f"sluice/{self.batch_id}"

    @property
    def outcome(self) -> int:
        """Return a number of 60 bits that other outcomes, of this run or of another, do not have."""
        return int(hashlib.sha256(f"{self.batch_id}/{self.digest}".encode()).hexdigest()[:15], 16)


@dataclass(frozen=True, slots=True)
class Published:
    """Tell what the database knows of a table.

    Attributes:
        version: The version that the newest published run of the dataset names; None where none does.
        is_known: Tells of the number and the outcome of a run (see `CommitKey`) whether it is published.
    """

    version: int | None
    is_known: Callable[[int, int], bool]


def commit_once(
    open_table: Callable[[], DeltaTable], key: CommitKey, change: Callable[[DeltaTable, CommitProperties], None], published: Published | None = None
) -> int:
    """Change a table, unless the run has changed it before; return the version.

    What a run wrote that was never published, and that the database has forgotten since, is taken back first.

    Args:
        open_table: Opens the table at its newest version; asked again after each refused commit.
        key: The run and its lease.
        change: Commits to a handle with the properties that it is given.
        published: What the database knows of the table.

    Raises:
        Fenced: The lease was taken over.
        StoreError: Other programs keep committing, or the table holds runs that the database does not know.
    """

    def step(handle: DeltaTable) -> None:
        require_fence(handle, key.dataset, key.epoch)
        newest = _newest_of(handle, key.dataset)
        if _is_committed(handle, key, newest):
            return
        _take_back(handle, key, published, newest)
        change(handle, _properties(key, key.number, key.outcome))

    return repeat(open_table, step).version()


def compact_once(
    open_table: Callable[[], DeltaTable], dataset: str, epoch: int, published: Published, change: Callable[[DeltaTable, CommitProperties], None]
) -> None:
    """Write files of a table anew without changing its rows, and record of which published version these are the rows.

    Nothing is done where the newest run in the table is not published.

    Args:
        open_table: Opens the table at its newest version; asked again after each refused commit.
        dataset: Whose table it is.
        epoch: Epoch of the lease.
        published: What the database knows of the table.
        change: Commits at most once, with the properties that it is given.

    Raises:
        Fenced: The lease was taken over.
        StoreError: Other programs keep committing.
    """

    def step(handle: DeltaTable) -> None:
        from deltalake import CommitProperties, Transaction

        require_fence(handle, dataset, epoch)
        if published.version is None or not published.is_known(*_newest_of(handle, dataset)):
            return
        versions = {_fence_of(dataset): epoch, compacted_of(dataset): published.version, compaction_of(dataset): handle.version() + 1}
        transactions = [Transaction(application, version) for application, version in versions.items()]
        change(handle, CommitProperties(max_commit_retries=0, app_transactions=transactions, custom_metadata={"compacts": published.version}))

    repeat(open_table, step)


def is_committed(handle: DeltaTable, key: CommitKey) -> bool:
    """Return True where a run has changed a table."""
    return _is_committed(handle, key, _newest_of(handle, key.dataset))


def _is_committed(handle: DeltaTable, key: CommitKey, newest: tuple[int, int]) -> bool:
    """Return True where a run has changed a table; `CommitKey.name` is the key that earlier versions wrote."""
    return newest == (key.number, key.outcome) or handle.transaction_version(key.name) is not None


def _newest_of(handle: DeltaTable, dataset: str) -> tuple[int, int]:
    """Return the number and outcome of the newest run that changed a table; zeros where there is none, or none is known to count."""
    return handle.transaction_version(_runs_of(dataset)) or 0, handle.transaction_version(_outcomes_of(dataset)) or 0


def _take_back(handle: DeltaTable, key: CommitKey, published: Published | None, newest: tuple[int, int]) -> None:
    """Restore the published version of a table whose newest run is not published, and not in the database."""
    number, outcome = newest
    if number == 0 or (number < key.number if published is None else published.is_known(number, outcome)):
        return
    if published is None:
        raise make_error(StoreError, "table_has_unrecorded_runs", table=title_of(handle), number=number)
    version = version_to_read(handle.transaction_version, oldest_version(handle), key.dataset, published.version or 0)
    handle.restore(version, commit_properties=_properties(key, 0, 0))
    handle.update_incremental()


def raise_fence(open_table: Callable[[], DeltaTable], dataset: str, epoch: int) -> None:
    """Refuse every later commit of an earlier epoch to a table.

    Raises:
        Fenced: A later epoch has written to it.
        StoreError: Other programs keep committing.
    """

    def step(handle: DeltaTable) -> None:
        if require_fence(handle, dataset, epoch) != epoch:
            handle.create_write_transaction([], "append", handle.schema(), commit_properties=fence_properties(dataset, epoch))

    repeat(open_table, step)


def repeat(open_table: Callable[[], DeltaTable], step: Callable[[DeltaTable], None]) -> DeltaTable:
    """Carry out a step that changes a table at most once to a new handle each time, until it is not refused; return the handle.

    Raises:
        StoreError: Other programs keep committing.
    """
    from deltalake.exceptions import CommitFailedError

    for attempt in range(_ATTEMPTS):
        handle = open_table()
        try:
            step(handle)
        except CommitFailedError:
            time.sleep(0.02 * attempt)
        else:
            return handle
    raise make_error(StoreError, "table_keeps_changing", table=title_of(open_table()))


def fence_properties(dataset: str, epoch: int, versions: Mapping[str, int] | None = None) -> CommitProperties:
    """Return the properties of a commit that belongs to a lease, and to no run.

    Args:
        dataset: Whose table it is.
        epoch: Epoch of the lease.
        versions: Versions of further application transactions.
    """
    from deltalake import CommitProperties, Transaction

    transactions = [Transaction(application, version) for application, version in {_fence_of(dataset): epoch, **(versions or {})}.items()]
    return CommitProperties(max_commit_retries=0, app_transactions=transactions)


def _properties(key: CommitKey, number: int, outcome: int) -> CommitProperties:
    from deltalake import CommitProperties, Transaction

    versions = {_fence_of(key.dataset): key.epoch, _runs_of(key.dataset): number, _outcomes_of(key.dataset): outcome}
    transactions = [Transaction(application, version) for application, version in versions.items()]
    return CommitProperties(max_commit_retries=0, app_transactions=transactions, custom_metadata={"run": key.name, "digest": key.digest})


def require_fence(handle: DeltaTable, dataset: str, epoch: int) -> int | None:
    """Return the highest epoch that wrote to a table, where it is not later than ours; a rewriting that was interrupted is taken back.

    Raises:
        Fenced: It is later: the lease was taken over.
    """
    fence = handle.transaction_version(_fence_of(dataset))
    if fence is not None and fence > epoch:
        raise make_error(Fenced, "lease_lost", dataset=dataset)
    if (version := interrupted_at(handle)) is not None:
        handle.restore(version, commit_properties=fence_properties(dataset, epoch))
        handle.update_incremental()
        return epoch
    return fence


def title_of(handle: DeltaTable) -> Message:
    """Return what a table is called in messages."""
    return table_title(*unquote(handle.table_uri).rstrip("/").split("/")[-2:])


def _fence_of(dataset: str) -> str:
    return f"sluice.fence/{dataset}"


def _runs_of(dataset: str) -> str:
    return f"sluice.runs/{dataset}"


def _outcomes_of(dataset: str) -> str:
    return f"sluice.outcomes/{dataset}"
