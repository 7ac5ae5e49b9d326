"""Identify files that landed: by the end of the period they cover, and by an id made of dataset, path and content."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sluice.domain import Arrival, Run, SameFile, Schema
from sluice.sources.file_dates import period_end

UNREAD = "unread"  # in place of a digest: the file may not be read, or exceeds its limit; reading it raises the error


def arrival_of(schema: Schema, path: Path, base: Path, limit: int, *, month_first: bool = False) -> Arrival:
    """Hash a file and return it as an arrival.

    Args:
        schema: Schema of its dataset.
        path: The file.
        base: Folder that its name is relative to.
        limit: Larger files, in bytes, are not hashed.
        month_first: Whether the month is before the day in the names of its dataset's files.
    """
    status = path.stat()
    try:
        digest = _digest(path, status.st_size, status.st_mtime_ns, status.st_ino) if status.st_size <= limit else UNREAD
    except OSError:
        digest = UNREAD
    relative = path.relative_to(base).as_posix()
    name = id_of(schema.dataset, relative, digest)
    return Arrival(schema.dataset, name, str(path), digest, status.st_size, time_of(schema, path, base, month_first=month_first))


def time_of(schema: Schema, path: Path, base: Path, *, month_first: bool = False) -> datetime:
    """Return the end of the period in the name of a file, or the time at which it was written.

    Args:
        schema: Schema of its dataset.
        path: The file.
        base: Folder that its name is relative to.
        month_first: Whether the month is before the day in the names of its dataset's files.
    """
    relative = path.relative_to(base).as_posix()
    return period_end(relative, schema.every, month_first=month_first) or datetime.fromtimestamp(path.stat().st_mtime, UTC)


def same_file(arrival: Arrival, runs: Sequence[Run]) -> SameFile | None:
    """Return the first published run of a file with the same bytes; None where there is none.

    No digest is recorded with a run: its id is the one that its path has with these bytes, or its bytes are others.

    Args:
        arrival: The arrival.
        runs: Published runs of its dataset, the oldest first.
    """
    path = Path(arrival.uri)
    base = next((folder for folder in path.parents if id_of(arrival.dataset, path.relative_to(folder).as_posix(), arrival.digest) == arrival.id), None)
    if base is None or arrival.digest == UNREAD:
        return None
    for run in runs:
        other = Path(run.uri)
        if run.kind != "ingest" or run.id == arrival.id or not other.is_relative_to(base):
            continue
        if run.rows and run.id == id_of(arrival.dataset, other.relative_to(base).as_posix(), arrival.digest):
            return SameFile(run.id, other.name)
    return None


def run_of_file(path: Path, runs: Iterable[Run]) -> Run | None:
    """Return the newest run that read a file with the bytes of a file, wherever that lies; None where no run did.

    Args:
        path: The file.
        runs: Runs of any datasets, the oldest first.
    """
    digest = digest_of(path)
    matching = (run for run in runs if run.kind == "ingest" and run.uri and _is_of_bytes(run, digest))
    return max(matching, key=lambda run: (Path(run.uri).name == path.name, run.seq or 0), default=None)


def _is_of_bytes(run: Run, digest: str) -> bool:
    path = Path(run.uri)
    return any(id_of(run.dataset, path.relative_to(folder).as_posix(), digest) == run.id for folder in path.parents)


def id_of(dataset: str, relative: str, digest: str) -> str:
    """Return the id of the arrival of a file.

    Args:
        dataset: Name of its dataset.
        relative: Its path, relative to the folder that the pattern of its dataset starts in.
        digest: SHA-256 of its bytes.
    """
    return hashlib.sha256(f"{dataset}\0{relative}\0{digest}".encode()).hexdigest()[:12]


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@functools.lru_cache(maxsize=100_000)
def _digest(path: Path, size: int, written: int, inode: int) -> str:  # the parameters change with the content
    """Hash a file, unless one of the same size, time and inode was hashed before; before a file is read, it is hashed again."""
    return digest_of(path)
