"""Landing folders: each new file is a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sluice.config import Limits
from sluice.domain import Arrival, Batch, Schema
from sluice.errors import SourceError
from sluice.sources.arrival import UNREAD, arrival_of, digest_of
from sluice.sources.cast import cast
from sluice.sources.failures import told_plainly
from sluice.sources.table import Format, read_table

_UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".filepart", ".swp", "~")


def _at_rest(_: datetime) -> bool:
    return True


@dataclass(frozen=True)
class FileSource:
    """The files that fit a pattern, CSV, JSON lines or Parquet, each of them also compressed by gzip.

    Attributes:
        schema: What is declared of the dataset.
        pattern: Of the files, relative to `root`.
        root: The folder that the pattern begins in.
        limits: What a file may cost.
        format: Told by each file's ending unless given.
        separator: Between the fields of a CSV file.
        settled: Told when a file was last written, says whether that is long enough ago for it to be whole.
    """

    schema: Schema
    pattern: str
    root: Path
    limits: Limits
    format: Format | None = None
    separator: str = ","
    settled: Callable[[datetime], bool] = _at_rest

    def arrivals(self) -> Iterator[Arrival]:
        """Every file that is there and whole, by the time in its name and then by name.

        Hidden and unfinished files (`.part`, `.tmp`, `~`) and links that lead out of the folder are passed over.

        Raises:
            SourceError: There is no such folder.
        """
        base, rest = split_pattern(self.root, self.pattern)
        if not base.is_dir():
            raise SourceError(f"{self.schema.dataset}: there is no folder {base}; make it, or mend `files: {self.pattern}`")
        paths = [path for path in base.glob(rest) if self._counts(path, base)]
        found = [arrival_of(self.schema, path, base, self.limits.file) for path in paths]
        yield from sorted(found, key=lambda arrival: (arrival.at, arrival.uri))

    def read(self, arrival: Arrival) -> Batch:
        """The rows of a file, cast to the declared schema.

        A declared column that the file lacks is null, one that it has beyond them is dropped: `Batch.columns` tells. But one
        record with a field too many or too few makes the file an error: its cells may stand in the wrong columns.

        Raises:
            SourceError: The file cannot be read, or has changed since it was found.
            TooLarge: It is beyond a limit.
        """
        path = Path(arrival.uri)
        with told_plainly(path.name):
            if arrival.digest != UNREAD and digest_of(path) != arrival.digest:
                raise SourceError(f"{path.name}: has changed since it was found; it counts as a new arrival")
            table = read_table(path, self.limits, self.format, self.separator, self.schema.names)
            if arrival.digest == UNREAD:
                raise SourceError(f"{path.name}: could not be read when it was found; it counts as a new arrival")
        return Batch(self.schema.dataset, arrival.id, cast(table.frame, self.schema, arrival.id), arrival.at, table.columns)

    def _counts(self, path: Path, base: Path) -> bool:
        if not is_finished(path.relative_to(base)) or not path.is_file() or not path.resolve().is_relative_to(base):
            return False
        return self.settled(datetime.fromtimestamp(path.stat().st_mtime, UTC))


def is_finished(relative: Path) -> bool:
    """Does its name say that a file is neither hidden nor still being written?"""
    return not any(part.startswith(".") for part in relative.parts) and not relative.name.lower().endswith(_UNFINISHED)


def split_pattern(root: Path, pattern: str) -> tuple[Path, str]:
    """The folder that a pattern's fixed part names, resolved, and the rest of the pattern."""
    parts = Path(pattern).parts
    fixed = next((index for index, part in enumerate(parts[:-1]) if any(mark in part for mark in "*?[")), len(parts) - 1)
    return root.joinpath(*parts[:fixed]).resolve(), str(Path(*parts[fixed:]))
