"""Read landing folders: each new file is a batch."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from sluice.config import Limits
from sluice.domain import Arrival, Batch, Column, ReadOptions, Schema
from sluice.errors import NotInParts, SourceError
from sluice.messages import make_error
from sluice.ports import stage
from sluice.sources.arrival import UNREAD, arrival_of, time_of
from sluice.sources.cast import cast
from sluice.sources.delta_log import is_delta
from sluice.sources.file_dates import has_month_first
from sluice.sources.header import Header, match_header
from sluice.sources.nested import source_columns
from sluice.sources.renamed_fields import renamed_fields
from sluice.sources.shape import shape_rows
from sluice.sources.siblings import is_dated_sibling
from sluice.sources.source_errors import source_errors
from sluice.sources.table import Table, read_table
from sluice.sources.table_parts import TableParts, open_table
from sluice.sources.unchanged import unchanged

NAMES_FILE = "column_headers.tsv"  # the names of the columns of data beside it, and no data
_BY_ENDING = ReadOptions()
_MEMORY_OF_TEXT = 12  # bytes of memory that a byte of text takes at most
_UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".filepart", ".swp", "~")


def _always_complete(_: Path) -> bool:
    return True


@dataclass(frozen=True)
class FileSource:
    """Read the files that match a pattern: CSV, JSON, Parquet, XML or spreadsheets.

    Attributes:
        schema: The dataset.
        pattern: Pattern of the files, relative to `root`.
        root: Folder that the pattern starts in.
        limits: Largest sizes of a file, a cell and so on.
        options: How a file is read.
        is_complete: Decides whether a file is complete.
        others: Patterns of other datasets, whose files are not this one's dated siblings.
    """

    schema: Schema
    pattern: str
    root: Path
    limits: Limits
    options: ReadOptions = _BY_ENDING
    is_complete: Callable[[Path], bool] = _always_complete
    others: tuple[str, ...] = ()

    def arrivals(self) -> Iterator[Arrival]:
        """Return every complete file, by the time in its name and then by name.

        Hidden and unfinished files (`.part`, `.tmp`, `~`) and links that lead out of the folder are skipped.

        Raises:
            SourceError: There is no such folder.
        """
        base, paths, month_first = self._paths()
        arrivals = [arrival for path in paths if (arrival := self._listed(path, base, month_first=month_first)) is not None]
        yield from sorted(arrivals, key=lambda arrival: (arrival.at, arrival.uri))

    def newest_first(self) -> Iterator[Arrival]:
        """Yield every complete file, the newest first; each is hashed when its turn comes.

        Raises:
            SourceError: There is no such folder.
        """
        base, paths, month_first = self._paths()
        times = {path: time for path in paths if (time := self._written(path, base, month_first=month_first)) is not None}
        for path in sorted(times, key=lambda path: (times[path], str(path)), reverse=True):
            if (arrival := self._listed(path, base, month_first=month_first)) is not None:
                yield arrival

    def _paths(self) -> tuple[Path, list[Path], bool]:
        """Return the folder, its complete files, and whether the month is before the day in their names."""
        base, _ = split_pattern(self.root, self.pattern)
        if not base.is_dir():
            raise make_error(SourceError, "folder_gone", dataset=self.schema.dataset, folder=str(base), pattern=self.pattern)
        others = {path for pattern in self.others for path in matching_files(self.root, pattern, siblings=False)}
        paths = [path for path in matching_files(self.root, self.pattern) if path not in others or not self._is_sibling(path)]
        return base, [path for path in paths if self._is_arrival(path, base)], has_month_first([path.name for path in paths])

    def read(self, arrival: Arrival) -> Batch:
        """Return the rows of a file, cast to the declared schema.

        A declared column that the file lacks is null, an undeclared one is dropped; `Batch.columns` holds the columns of the file, with the
        columns of paths in place of those that the paths start in. A name that differs from the declared one in case or blanks alone is
        read as it. A record with a field too many or too few makes the file an error, for its cells may be in the wrong columns.

        Raises:
            SourceError: The file cannot be read, or has changed since it was listed.
            TooLarge: It exceeds a limit.
        """
        path = Path(arrival.uri)
        with source_errors(path.name), unchanged(arrival):
            names = source_columns(self.schema.columns, self.options)
            table = read_table(path, self.limits, self.options, names)
            if arrival.digest == UNREAD:
                raise make_error(SourceError, "file_unread_before", file=path.name)
            header = match_header(table, self._declared, names, functools.partial(read_table, path, self.limits, self.options))
            return self._batch(arrival, header)

    def parts(self, arrival: Arrival, memory: int) -> FileParts:
        """Return the same rows, batch by batch.

        Args:
            arrival: The arrival.
            memory: Bytes of memory that a batch may take.

        Raises:
            NotInParts: The file can be read as a whole alone, or is a text that takes less; says why.
            SourceError: The file cannot be read, or has changed since it was listed.
            TooLarge: It exceeds a limit.
        """
        path = Path(arrival.uri)
        with source_errors(path.name):
            small = not path.name.endswith((".parquet", ".pq")) and arrival.size * _MEMORY_OF_TEXT < memory
            if small or arrival.digest == UNREAD or any(column.path for column in self.schema.columns):
                raise make_error(NotInParts, "file_read_whole", file=path.name)
            table = open_table(path, self.limits, self.options, source_columns(self.schema.columns, self.options))
        return FileParts(table.rows, functools.partial(self._batches, arrival, table))

    def _batches(self, arrival: Arrival, table: TableParts) -> Iterator[Batch]:
        first, names = 0, source_columns(self.schema.columns, self.options)
        with source_errors(Path(arrival.uri).name), unchanged(arrival):
            for part in table.begin():
                yield self._batch(arrival, match_header(part, self._declared, names, _refuse_matching), first)
                first += part.frame.height

    @property
    def _declared(self) -> list[Column]:
        """Return the declared columns that are in the file."""
        derived = {self.options.number_rows, *dict(self.options.join)}
        return [column for column in self.schema.columns if column.name not in derived]

    def _batch(self, arrival: Arrival, header: Header, first: int = 0) -> Batch:
        """Return the rows of a table, of which the first one has a position in the file."""
        rows = shape_rows(header.table.columns, header.table.frame, self.schema.columns, self.options)
        with stage("cast"):
            cells = cast(rows.frame, self.schema, arrival.id, rows.unread, first)
        renamed = renamed_fields(header.table.frame, rows.frame, self.schema.columns)
        batch = Batch(self.schema.dataset, arrival.id, cells, arrival.at, tuple(name for name in rows.columns if name not in renamed))
        return replace(batch, matched=header.matched, similar={**header.similar, **renamed}, footer=header.table.footer)

    def _is_sibling(self, path: Path) -> bool:
        return is_dated_sibling(path.name, Path(self.pattern).name)

    def _listed(self, path: Path, base: Path, *, month_first: bool) -> Arrival | None:
        """Return a file as an arrival; None where it was deleted since its name was read."""
        with suppress(FileNotFoundError):
            return self._arrival(path, base, month_first=month_first)
        return None

    def _written(self, path: Path, base: Path, *, month_first: bool) -> datetime | None:
        with suppress(FileNotFoundError):
            return self._time(path, base, month_first=month_first)
        return None

    def _arrival(self, path: Path, base: Path, *, month_first: bool) -> Arrival:
        arrival = arrival_of(self.schema, path, base, self.limits.file, month_first=month_first)
        return replace(arrival, at=self._time(path, base, month_first=month_first))

    def _time(self, path: Path, base: Path, *, month_first: bool) -> datetime:
        named = time_of(self.schema, path, base, month_first=month_first)
        if not self._is_sibling(path):
            return named
        return max(named, datetime.fromtimestamp(path.stat().st_mtime, UTC))  # as the time of the file without a date is that at which it was written

    def _is_arrival(self, path: Path, base: Path) -> bool:
        if not is_finished(path.relative_to(base)) or not path.is_file() or not path.resolve().is_relative_to(base):
            return False
        with suppress(FileNotFoundError):
            return self.is_complete(path)
        return False


@dataclass(frozen=True, slots=True, eq=False)
class FileParts:
    """Hold an arrival that is read batch by batch.

    Attributes:
        rows: Number of rows, or a little more.
        begin: Starts to read; yields batches whose rows follow each other.
    """

    rows: int
    begin: Callable[[], Iterator[Batch]]


def _refuse_matching(names: Sequence[str]) -> Table:
    raise make_error(NotInParts, "columns_missing_for_comparison", columns=tuple(names))


def is_finished(relative: Path) -> bool:
    """Return True where the name of a file is neither hidden nor that of a file still being written."""
    return not any(part.startswith(".") for part in relative.parts) and not relative.name.lower().endswith(_UNFINISHED)


def matching_files(root: Path, pattern: str, *, siblings: bool = True) -> list[Path]:
    """Return the files and Delta tables that match a pattern; one without wildcards also matches its file's dated siblings (`products_2026-11-28.csv`).

    Args:
        root: Folder that the pattern starts in.
        pattern: The pattern.
        siblings: Whether dated siblings count.
    """
    base, rest = split_pattern(root, pattern)
    if not base.is_dir():
        return []
    paths = [path for path in base.glob(rest) if path.is_file() or is_delta(path)]
    if siblings and not any(mark in rest for mark in "*?["):
        paths += [path for path in base.iterdir() if is_dated_sibling(path.name, rest) and path.is_file()]
    return paths


def split_pattern(root: Path, pattern: str) -> tuple[Path, str]:
    """Return the folder of a pattern's fixed part, resolved, and the rest of the pattern."""
    parts = Path(pattern).parts
    fixed = next((index for index, part in enumerate(parts[:-1]) if any(mark in part for mark in "*?[")), len(parts) - 1)
    return root.joinpath(*parts[:fixed]).resolve(), str(Path(*parts[fixed:]))
