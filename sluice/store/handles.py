"""Keep Delta tables open, so that a look at one reads the commits that came since, and not its whole log."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from sluice.store.delta_scan import PinnedTable, pin_table
from sluice.store.version_mapping import oldest_version

if TYPE_CHECKING:
    from deltalake import DeltaTable

_Commit: TypeAlias = tuple[int, tuple[int, int] | None]  # a version, and inode and time of its commit's file where the table is local


class Handles:
    """Hold the newest version of each table that was opened; deltalake is imported with the first.

    A local table is looked at by two `stat` calls: whether the newest commit is the same file as before, and whether the next one is there.
    A table on S3 is asked for the commits since.
    """

    def __init__(self, options: Mapping[str, str] | None) -> None:
        """Open nothing yet.

        Args:
            options: Storage options.
        """
        self._options = dict(options) if options else None
        self._lock = threading.RLock()
        self._open: dict[str, tuple[DeltaTable, _Commit]] = {}
        self._pinned: dict[str, tuple[int, PinnedTable]] = {}
        self._transactions: dict[str, tuple[_Commit, dict[str, int | None]]] = {}

    def newest(self, address: str) -> DeltaTable | None:
        """Return the table at its newest version; None where there is none. Whoever commits with it holds the lease of its dataset."""
        with self._lock:
            handle, commit = self._open.get(address, (None, None))
            if handle is None or commit is None or (handle.version() == commit[0] and _commit_of(handle, address) != commit):
                return self._open_anew(address)
            if "://" in address or _commit_file(address, handle.version() + 1).exists():
                oldest = oldest_version(handle)
                handle.update_incremental()
                if oldest_version(handle) != oldest:  # the commits that it was made of are being deleted
                    return self._open_anew(address)
            self._open[address] = handle, _commit_of(handle, address)
            return handle

    def forget(self, address: str) -> None:
        """Drop a handle whose log was begun anew."""
        with self._lock:
            self._open.pop(address, None)

    def transaction(self, address: str, application: str) -> int | None:
        """Return the version of an application transaction in the newest version of a table; deltalake reads the log anew for each."""
        with self._lock:
            handle = self.newest(address)
            if handle is None:
                return None
            commit = self._open[address][1]
            if address not in self._transactions or self._transactions[address][0] != commit:
                self._transactions[address] = commit, {}
            versions = self._transactions[address][1]
            if application not in versions:
                versions[application] = handle.transaction_version(application)
            return versions[application]

    def pin(self, address: str, version: Callable[[DeltaTable], int]) -> PinnedTable:
        """Return one version of a table.

        Args:
            address: Where the table is.
            version: Returns the version, given the table at its newest.
        """
        with self._lock:
            handle = self.newest(address)
            chosen = None if handle is None else version(handle)
            if handle is None or handle.version() != chosen:
                return pin_table(self._at(address, chosen))
            if address not in self._pinned or self._pinned[address][0] != chosen:
                self._pinned[address] = chosen, pin_table(handle)
            return self._pinned[address][1]

    def at(self, address: str, version: Callable[[DeltaTable], int]) -> DeltaTable:
        """Return a handle at one version of a table; see `pin`.

        Raises:
            FileNotFoundError: There is no such table.
        """
        handle = self.newest(address)
        if handle is None:
            raise FileNotFoundError(f"no such file or directory: {address}")
        return self._at(address, version(handle))

    def _open_anew(self, address: str) -> DeltaTable | None:
        from deltalake.exceptions import TableNotFoundError

        self._pinned.pop(address, None)
        self._open.pop(address, None)
        try:
            handle = self._at(address)
        except TableNotFoundError:
            return None
        self._open[address] = handle, _commit_of(handle, address)
        return handle

    def _at(self, address: str, version: int | None = None) -> DeltaTable:
        from deltalake import DeltaTable

        return DeltaTable(address, version=version, storage_options=self._options)


def _commit_of(handle: DeltaTable, address: str) -> _Commit:
    """Return the version of a handle and which file its commit is, so that a table that was replaced, or whose log was erased, is opened anew."""
    version = handle.version()
    if "://" in address:
        return version, None
    try:
        status = _commit_file(address, version).stat()
    except FileNotFoundError:
        return version, None
    return version, (status.st_ino, status.st_mtime_ns)


def _commit_file(address: str, version: int) -> Path:
    return Path(address, "_delta_log", f"{version:020}.json")
