"""Identify files that landed: by the end of the period they cover, and by an id made of dataset, path and content."""

from __future__ import annotations

import functools
import hashlib
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sluice.domain import Arrival, Schema

UNREAD = "unread"  # in place of a digest: the file may not be read, or exceeds its limit; reading it raises the error
_DATE = re.compile(r"(?<!\d)(\d{4})([-_]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?:T([01]\d|2[0-3]))?(?!\d{1,3}(?:\D|$))")
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def arrival_of(schema: Schema, path: Path, base: Path, limit: int) -> Arrival:
    """Hash a file and return it as an arrival.

    Args:
        schema: Schema of its dataset.
        path: The file.
        base: Folder that its name is relative to.
        limit: Larger files, in bytes, are not hashed.
    """
    status = path.stat()
    try:
        digest = _digest(path, status.st_size, status.st_mtime_ns, status.st_ino) if status.st_size <= limit else UNREAD
    except OSError:
        digest = UNREAD
    relative = path.relative_to(base).as_posix()
    name = hashlib.sha256(f"{schema.dataset}\0{relative}\0{digest}".encode()).hexdigest()[:12]
    at = period_end(relative, schema.every) or datetime.fromtimestamp(status.st_mtime, UTC)
    return Arrival(schema.dataset, name, str(path), digest, status.st_size, at)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@functools.lru_cache(maxsize=100_000)
def _digest(path: Path, size: int, written: int, inode: int) -> str:  # the parameters change with the content
    """Hash a file, unless one of the same size, time and inode was hashed before; before a file is read, it is hashed again."""
    return digest_of(path)


def period_end(name: str, every: timedelta | None = None) -> datetime | None:
    """Return the end of the period in a file's name: its day, or the hour after a `T`; a longer period where batches come less often.

    The last date of the path counts. None where there is no date.
    """
    for year, _, month, day, hour in reversed(_DATE.findall(name)):
        try:
            begin = datetime(int(year), int(month), int(day), int(hour or 0), tzinfo=UTC)
        except ValueError:
            continue  # such as February 30
        if hour:
            return begin + (every if every and every < _DAY else _HOUR)
        return begin + max(every or _DAY, _DAY)
    return None
