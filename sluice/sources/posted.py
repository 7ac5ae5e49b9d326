"""Write a file that somebody posts into the landing folder of a dataset: whole, fsynced, under a name that its pattern takes, or not at all."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.sources.files import split_pattern

ENDINGS: Mapping[str, tuple[str, ...]] = {  # of files of a media type; the first where a pattern names none
    "text/csv": (".csv",),
    "text/tab-separated-values": (".tsv", ".tab"),
    "application/x-ndjson": (".jsonl", ".ndjson"),
    "application/json": (".json",),
}
_WILD = "*?["
DRAFT = ".posted-"
STALE = 3600.0  # seconds after which a draft is that of a program that was killed
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")  # a digest of letters alone is no date


@dataclass(frozen=True, slots=True)
class PostedName:
    """Make names of posted files for a dataset.

    Attributes:
        folder: Where they lie.
        before: What a name begins with.
        after: What it ends with.
    """

    folder: Path
    before: str
    after: str

    def at(self, now: datetime, token: str) -> Path:
        """Return the path of a file that is posted now; the hour in its name is the period that it covers.

        Args:
            now: The time.
            token: What tells it from others of the same second.
        """
        return self.folder / f"{self.before}{now.astimezone(UTC):%Y-%m-%dT%H-%M-%SZ}-{token}{self.after}"

    def earlier(self, token: str) -> Path | None:
        """Return the file that was posted under a token before; None where there is none."""
        files = (path for path in self.folder.iterdir() if path.name.startswith(self.before) and path.name.endswith(f"Z-{token}{self.after}"))
        return next(files, None)


def name_for(dataset: str, root: Path, pattern: str, media: str) -> PostedName:
    """Return how posted files of a dataset are named.

    Args:
        dataset: Name of the dataset.
        root: Folder that the pattern starts in.
        pattern: Pattern of its files.
        media: Media type of what is posted.

    Raises:
        UsageError: The pattern has no place for a name, or takes files of another form.

    Example:
        >>> from datetime import UTC, datetime
        >>> name = name_for("orders", Path("/shop"), "landing/orders-*.csv", "text/csv")
        >>> name.at(datetime(2026, 3, 1, 10, 30, tzinfo=UTC), "ab").name
        'orders-2026-03-01T10-30-00Z-ab.csv'
    """
    folder, rest = split_pattern(root, pattern)
    before, star, after = rest.partition("*")
    if not star or "/" in rest or any(mark in before + after for mark in _WILD):
        raise make_error(UsageError, "posted_no_place", dataset=dataset, pattern=pattern)
    endings = ENDINGS[media]
    if after and not after.lower().endswith(endings):
        takes = ", ".join(kind for kind, other in ENDINGS.items() if after.lower().endswith(other)) or "files in the folder alone"
        raise make_error(UsageError, "posted_other_form", dataset=dataset, pattern=pattern, media=media, takes=takes)
    return PostedName(folder, before, after or endings[0])


def token_of(*texts: str) -> str:
    """Return a token that the same texts always have, of letters alone.

    Example:
        >>> token_of("sender", "key") == token_of("sender", "key") != token_of("sender", "other")
        True
    """
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16].translate(_LETTERS)


def write_posted(content: bytes, path: Path, check: Callable[[Path], None]) -> None:
    """Write a posted file once it is checked; when this returns, a power cut no longer loses it.

    Args:
        content: Its bytes.
        path: Where it is to be.
        check: Raises where it is not to be landed; called with a hidden file of the same ending, which no source reads.

    Raises:
        FileExistsError: There is a file of that name.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{DRAFT}{os.getpid()}-{time.monotonic_ns()}-{path.name}")
    try:
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _delete_stale_drafts(draft)
        check(draft)
        os.link(draft, path)  # a rename would replace a file of the same name
        _fsync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _delete_stale_drafts(draft: Path) -> None:
    """Delete drafts that are an hour older than one that was just written: their programs were killed."""
    for other in draft.parent.glob(f"{DRAFT}*"):
        with suppress(FileNotFoundError):
            if draft.stat().st_mtime - other.stat().st_mtime > STALE:
                other.unlink()
