"""Delete what older versions of a Delta table alone need: files, and the log before the oldest version that is kept.

A property of the table says which versions are left, so that a reader of another one learns that it ended. The log is cut at a checkpoint.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import polars as pl

from sluice.domain import Message
from sluice.errors import VersionEnded, panics_as_errors
from sluice.messages import make_error
from sluice.store.blobs import Blobs
from sluice.store.failpoints import fail_point

if TYPE_CHECKING:
    from deltalake import CommitProperties, DeltaTable

READABLE = "sluice.keptVersions"  # property of a table: the oldest version of those since which all are kept, then earlier ones that are kept too
_CHECKPOINT = re.compile(r"(\d{20})\.checkpoint\.parquet")
_ENTRY = re.compile(r"(\d{20})\.(?:json|crc|checkpoint\.parquet)")


@dataclass(frozen=True, slots=True)
class KeptVersions:
    """Name the versions of a table that can be read.

    Attributes:
        since: All published ones from here on.
        earlier: And these.
    """

    since: int = 0
    earlier: tuple[int, ...] = ()

    @classmethod
    def of(cls, handle: DeltaTable) -> Self:
        """Return what a table says; all where it says nothing."""
        since, *earlier = (int(part) for part in (handle.metadata().configuration.get(READABLE) or "0").split(","))
        return cls(since, tuple(earlier))

    def dumps(self) -> str:
        """Return the value of the property."""
        return ",".join(map(str, (self.since, *sorted(self.earlier))))

    def has(self, version: int) -> bool:
        """Return whether a version can be read."""
        return version >= self.since or version in self.earlier

    def without(self, ended: Collection[int], versions: Collection[int]) -> KeptVersions:
        """Return what can be read once some versions have ended.

        Args:
            ended: These versions.
            versions: The published versions.

        Example:
            >>> KeptVersions(2).without([4], [2, 3, 4, 5])
            KeptVersions(since=5, earlier=(2, 3))
        """
        if not ended:
            return self
        since = max(self.since, max(ended) + 1)
        return KeptVersions(since, tuple(sorted({version for version in versions if self.has(version) and version < since} - {*ended})))

    def require(self, subject: Message, version: int) -> None:
        """Pass only where a version can be read.

        Args:
            subject: The table.
            version: The version that a published run names.

        Raises:
            VersionEnded: It is kept no longer.
        """
        if not self.has(version):
            raise make_error(VersionEnded, "version_ended", table=subject, version=version, since=self.since)


def merge_kept(handle: DeltaTable, readable: KeptVersions) -> KeptVersions:
    """Return which versions of a table can be read from now on: none that has ended comes back."""
    former = KeptVersions.of(handle)
    since = max(former.since, readable.since)
    earlier = {*former.earlier, *readable.earlier}
    return KeptVersions(since, tuple(sorted(version for version in earlier if version < since and former.has(version) and readable.has(version))))


def write_kept(handle: DeltaTable, readable: KeptVersions, commit: CommitProperties) -> None:
    """Write into a table which of its versions can be read."""
    if readable != KeptVersions.of(handle):
        handle.alter.set_table_properties({READABLE: readable.dumps()}, raise_if_not_exists=False, commit_properties=commit)
        fail_point("versions_ended")


def delete_files(handle: DeltaTable, blobs: Blobs, place: str, needed: Collection[int], *, dry_run: bool) -> int:
    """Delete the files that none of some versions needs, those that no commit has added among them; return their number.

    Args:
        handle: The table.
        blobs: The files of the lake.
        place: Its table and dataset, such as `clean/events`.
        needed: The versions.
        dry_run: Count alone.
    """
    there = {name.removeprefix(f"{place}/") for name in blobs.names(place)}  # deltalake also returns those that are gone already
    deleted = handle.vacuum(retention_hours=0, dry_run=dry_run, enforce_retention_duration=False, full=True, keep_versions=sorted(needed))
    return len(there.intersection(deleted))


def cut_log(blobs: Blobs, place: str, oldest: int, *, dry_run: bool) -> int:
    """Delete the entries of a table's log before the newest checkpoint that is as old as a version, or older; return their number.

    Args:
        blobs: The files of the lake.
        place: Its table and dataset, such as `clean/events`.
        oldest: The oldest version that is read.
        dry_run: Count alone.
    """
    names = blobs.names(f"{place}/_delta_log")
    checkpoint = _newest_checkpoint(blobs, names, oldest)
    entries = [name for name in names if (match := _ENTRY.fullmatch(name.rpartition("/")[2])) and int(match[1]) < checkpoint]
    for name in sorted(entries) if not dry_run else ():  # the oldest first: what is left after a crash begins later, and has no gap
        blobs.delete(name)
    return len(entries)


def _newest_checkpoint(blobs: Blobs, names: Sequence[str], oldest: int) -> int:
    """Return the version of the newest whole checkpoint that is as old as a version, or older; 0 where there is none."""
    versions = {int(match[1]): name for name in names if (match := _CHECKPOINT.fullmatch(name.rpartition("/")[2]))}
    return next((version for version in sorted(versions, reverse=True) if version <= oldest and _is_whole(blobs.get(versions[version]))), 0)


def _is_whole(checkpoint: bytes) -> bool:
    """Return whether a checkpoint can be read and has what a table needs: without the log before it, it is all that tells of the table."""
    try:
        with panics_as_errors():
            rows = pl.read_parquet(io.BytesIO(checkpoint))
    except Exception:  # noqa: BLE001  # whatever Polars raises of a broken file
        return False
    return all(name in rows.columns and rows[name].null_count() < rows.height for name in ("protocol", "metaData"))
