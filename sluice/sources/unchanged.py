"""Read of a file what was hashed: one that changes before or while it is read is told, and read anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sluice.domain import Arrival
from sluice.errors import SluiceError, SourceError
from sluice.messages import make_error
from sluice.sources.arrival import UNREAD, digest_of

_HASHED_TWICE = 2**26  # bytes: smaller files are hashed again, since the time of a file may stand still for some milliseconds


@contextmanager
def unchanged(arrival: Arrival) -> Iterator[None]:
    """Read a file while the context lasts; its rows count only where the context ends well.

    Args:
        arrival: The file as it was listed.

    Raises:
        SourceError: It is another one by now, or became one meanwhile.
    """
    path = Path(arrival.uri)
    if arrival.digest == UNREAD:
        yield
        return
    before = _state(path)
    _require(digest_of(path) == arrival.digest, path)
    try:
        yield
    except SluiceError:
        _require(_state(path) == before, path)  # which explains what is wrong with it
        raise
    _require(_state(path) == before, path)
    if arrival.size < _HASHED_TWICE:
        _require(digest_of(path) == arrival.digest, path)


def _require(same: bool, path: Path) -> None:  # noqa: FBT001  # a condition
    if not same:
        raise make_error(SourceError, "file_changed", file=path.name)


def _state(path: Path) -> tuple[int, ...]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino
