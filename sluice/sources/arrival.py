"""Names what landed: when its time ends, and an id made of dataset, path and content."""

from __future__ import annotations

import functools
import hashlib
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sluice.domain import Arrival, Schema

UNREAD = "unread"  # in the place of a digest: the file may not be read, or is beyond its limit; reading it will say so
_DATE = re.compile(r"(?<!\d)(\d{4})([-_]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?:T([01]\d|2[0-3]))?(?!\d{1,3}(?:\D|$))")
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def arrival_of(schema: Schema, path: Path, base: Path, limit: int) -> Arrival:
    """Hash a file and name it.

    Args:
        schema: Of its dataset.
        path: The file.
        base: The folder that its name is relative to.
        limit: Files of more bytes are not hashed.
    """
    seen = path.stat()
    try:
        digest = _digest(path, seen.st_size, seen.st_mtime_ns, seen.st_ino) if seen.st_size <= limit else UNREAD
    except OSError:
        digest = UNREAD
    relative = path.relative_to(base).as_posix()
    name = hashlib.sha256(f"{schema.dataset}\0{relative}\0{digest}".encode()).hexdigest()[:12]
    at = end_of(relative, schema.every) or datetime.fromtimestamp(seen.st_mtime, UTC)
    return Arrival(schema.dataset, name, str(path), digest, seen.st_size, at)


def digest_of(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@functools.lru_cache(maxsize=100_000)
def _digest(path: Path, size: int, written: int, inode: int) -> str:  # what would change with the content
    """A file that looks the same is not hashed again to find what is new; before it is read, it is."""
    return digest_of(path)


def end_of(name: str, every: timedelta | None = None) -> datetime | None:
    """The end of the time that a file's name tells: its day, or the hour after a `T`; longer where batches come less often.

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
