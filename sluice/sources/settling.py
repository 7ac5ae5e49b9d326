"""Decide whether a file is whole: by two looks, by the end of its last line, or by a file that its sender writes last."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch
from pathlib import Path

from sluice.domain import FileFormat, Message
from sluice.sources.arrival import digest_of
from sluice.sources.content import format_of
from sluice.sources.decompression import without_compression

YOUNG = timedelta(seconds=5)  # a file written to more recently may not be whole, whatever is configured
_LISTED = re.compile(r"(?P<digest>[0-9a-fA-F]{64}) [ *](?:\./)?(?P<name>.+)|SHA256 \((?:\./)?(?P<tagged>.+)\) = (?P<of>[0-9a-fA-F]{64})")  # of `sha256sum`
_CHARACTER = 4  # bytes that one takes at most
_MANIFEST_SIZE = 2**24  # bytes of it that are read


@dataclass(frozen=True, slots=True)
class Look:
    """Record what a file was like at a time."""

    size: int
    written: int
    inode: int
    at: datetime

    def is_same(self, other: Look) -> bool:
        """Return True where the file was the same at both times."""
        return (self.size, self.written, self.inode) == (other.size, other.written, other.inode)


@dataclass(frozen=True, slots=True)
class Completeness:
    """Say how the files of a dataset are known to be whole.

    Attributes:
        settle: Time over which a file stays as it is before it is read; None: that of the process.
        done: Name of the file that says that another is whole: `{name}.done` has the name of the other in it, `SHA256SUMS` is one for a folder.
        form: Format of the files; None where it is told by each.
    """

    settle: timedelta | None = None
    done: str = ""
    form: FileFormat | None = None

    def marker(self, path: Path) -> Path:
        """Return the file that says that a file is whole."""
        return path.with_name(self.done.replace("{name}", path.name))

    def is_marker(self, name: str) -> bool:
        """Return True where a file says of others that they are whole, and is none itself."""
        return bool(self.done) and fnmatch(name, self.done.replace("[", "[[]").replace("{name}", "*"))


class Settling:
    """Remember the looks at files, and which of them wait.

    Attributes:
        waiting: Why a file waits, by its path, as of the last look.
    """

    def __init__(self, clock: Callable[[], datetime], settle: timedelta | None = None) -> None:
        """Begin without a look.

        Args:
            clock: Returns the time.
            settle: Time over which files stay as they are before they are read, where none is configured; None: only unfinished lines wait.
        """
        self._clock, self._settle = clock, settle
        self._looks: dict[Path, Look] = {}
        self.waiting: dict[Path, Message] = {}

    def is_complete(self, path: Path, how: Completeness) -> bool:
        """Return True where a file may be read; one that may not is remembered in `waiting`.

        Raises:
            FileNotFoundError: It is gone.
        """
        reason = _marked(path, how) if how.done else self._settled(path, how)
        if reason is None:
            self.waiting.pop(path, None)
        else:
            self.waiting[path] = reason
        return reason is None

    def _settled(self, path: Path, how: Completeness) -> Message | None:
        status, now = path.stat(), self._clock()
        look = Look(status.st_size, status.st_mtime_ns, status.st_ino, now)
        settle = self._settle if how.settle is None else how.settle
        age = now - datetime.fromtimestamp(status.st_mtime, UTC)
        if settle and not self._stayed(path, look, age, settle):
            return Message.of("file_settling", file=path.name, seconds=settle.total_seconds())
        if not settle and timedelta(0) <= age < YOUNG and not _ends(path, how.form):
            return Message.of("file_unfinished", file=path.name)
        return None

    def _stayed(self, path: Path, look: Look, age: timedelta, settle: timedelta) -> bool:
        """Return True where a file stays as it is: since it was written, or, where its time cannot be believed, since the first of two looks."""
        former = self._looks.get(path)
        if former is None or not former.is_same(look):
            self._looks[path] = former = look
        return age >= settle or look.at - former.at >= settle


def _marked(path: Path, how: Completeness) -> Message | None:
    """Return why a file waits for the one that says that it is whole; one that lists digests must have the file's."""
    marker = how.marker(path)
    if not marker.is_file():
        return Message.of("file_not_done", file=path.name, marker=marker.name)
    with marker.open(encoding="utf-8", errors="replace") as file:
        lines = filter(None, map(_LISTED.fullmatch, file.read(_MANIFEST_SIZE).splitlines()))
        listed = {(line["name"] or line["tagged"]).strip(): (line["digest"] or line["of"]).lower() for line in lines}
    if listed and listed.get(path.name) != digest_of(path):
        return Message.of("file_not_listed", file=path.name, marker=marker.name)
    return None


def _ends(path: Path, form: FileFormat | None) -> bool:
    """Return True where the last line of a text of lines has its end; of other files nothing is known."""
    if without_compression(path.name) != path.name or (form or format_of(path)) not in ("csv", "jsonl"):
        return True
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - _CHARACTER, 0))
        return file.read().rstrip(b"\0")[-1:] in (b"\n", b"\r")
