"""Read a Delta table from the version where the last batch ended; rows are landed as Parquet first, as those of a SQL table are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import polars as pl

from sluice.config import Limits
from sluice.domain import Arrival, Batch, Mark, ReadOptions, Schema
from sluice.errors import SourceError
from sluice.messages import make_error
from sluice.sources.delta_log import LOG, Commit, is_delta, read_commit
from sluice.sources.delta_table import deletion_vectors, files_of, open_table, read_files
from sluice.sources.files import FileSource
from sluice.sources.landing import Landing, Suppress, exclude_landed
from sluice.sources.marked import Marks, land_marked, read_up_to
from sluice.sources.source_errors import source_errors

if TYPE_CHECKING:
    from deltalake import DeltaTable

_VERSION, _REMOVED, _GONE = "sluice.version", "sluice.removed", "sluice.gone"  # keys of a landed file's metadata; `gone`: beside rows that it brings
_PARQUET = ReadOptions()


@dataclass(frozen=True)
class DeltaSource:
    """Read a table as a whole first, then the rows that each later version added.

    The rows of a version are those of the files that it added, less equal rows of the files that it removed: a row that an update, a merge
    or OPTIMIZE only copies to another file is not new. A version whose commit or files are gone is not read by itself: the newest one is
    then read as a whole, and Sluice takes the rows that it has as copies by their key; in mode append without a key that is refused. In mode
    snapshot, the newest version is always read as a whole.

    Attributes:
        schema: The dataset.
        folder: Folder of the table, which holds `_delta_log`.
        landing: Folder of the landed files of this machine.
        limits: Largest sizes of a version, a cell and so on.
        options: How the rows are shaped.
        marks: What was read, by whichever machine; None: what landed here says so alone.
        suppress: Takes people who were forgotten out of rows that are landed; None: nobody was.
    """

    schema: Schema
    folder: Path
    landing: Path
    limits: Limits
    options: ReadOptions = _PARQUET
    marks: Marks | None = None
    suppress: Suppress | None = None

    def arrivals(self) -> Iterator[Arrival]:
        """Land the versions that are new, then yield all landed files with rows in order.

        Raises:
            SourceError: There is no table, it uses what is not read, or versions are gone without which no row without a key is new for sure.
        """
        if not is_delta(self.folder):
            raise make_error(SourceError, "delta_gone", dataset=self.schema.dataset, folder=str(self.folder))
        with source_errors(self.folder.name):
            self._land()
        yield from (arrival for arrival in self._landed.arrivals(self.schema, self.limits) if _REMOVED not in pl.read_parquet_metadata(Path(arrival.uri)))

    def read(self, arrival: Arrival) -> Batch:
        """Return the rows of a landed file, cast to the declared schema.

        Raises:
            SourceError: The landed file was altered or is gone.
        """
        batch = FileSource(self.schema, "*.parquet", self.landing, self.limits, replace(self.options, format="parquet")).read(arrival)
        return replace(batch, mark=arrival.mark)

    def removals(self) -> dict[int, int]:
        """Return how many rows each version took out and did not bring anew: those since the last one that brought rows, and that one."""
        removals: dict[int, int] = {}
        for path in reversed(self._landed.files()):
            metadata = pl.read_parquet_metadata(path)
            if _REMOVED not in metadata:
                removals |= {int(metadata[_VERSION]): int(metadata[_GONE])} if _GONE in metadata else {}
                break
            removals[int(metadata[_VERSION])] = int(metadata[_REMOVED])
        return dict(sorted(removals.items()))

    @property
    def _landed(self) -> Landing:
        return Landing(self.landing, self.schema.dataset, self.suppress)

    def _land(self) -> None:
        handle = open_table(self.folder)
        if self.schema.mode != "snapshot" and deletion_vectors(handle, self.folder):  # which row of a file a version took out is not in its commit
            raise make_error(SourceError, "delta_deletion_vectors", table=self.folder.name)
        mark = read_up_to(self._landed, self.schema, self.limits, self.marks, str(self.folder))
        last, newest = self._last_version(mark), handle.version()
        if newest == last:
            return
        begun = last is not None and last < newest
        commits = [read_commit(self.folder, version) for version in range(last + 1 if last is not None and begun else newest, newest + 1)]
        changes = None if None in commits or not begun else [commit for commit in commits if commit and (commit.added or commit.removed)]
        if changes == []:
            return  # files were only rewritten
        at = commits[-1].at if commits[-1] else datetime.fromtimestamp((self.folder / LOG).stat().st_mtime, UTC)
        if changes is None or self.schema.mode == "snapshot":
            self._land_whole(handle, at, last, mark)
            return
        try:
            for commit in changes:
                mark, landed = self._land_step(handle, commit, mark)
                if not landed:
                    return  # another process lands the same rows
                last = commit.version
        except (FileNotFoundError, pl.exceptions.InvalidOperationError):  # a vacuum removed its files, or a column has another type since
            self._land_whole(handle, at, last, mark)

    def _land_whole(self, handle: DeltaTable, at: datetime, last: int | None, mark: Mark | None) -> None:
        if last is not None and self.schema.mode == "append" and not self.schema.key:  # each row would be published twice
            raise make_error(SourceError, "delta_history_gone", dataset=self.schema.dataset, folder=str(self.folder), version=last)
        rows = read_files(handle, self.folder, files_of(handle), self.limits)
        land_marked(self._landed, rows, at, mark, str(handle.version()), metadata={_VERSION: str(handle.version())})

    def _land_step(self, handle: DeltaTable, commit: Commit, mark: Mark | None) -> tuple[Mark | None, bool]:
        """Land the rows that a version brought, or how many it took out; return the mark, and False where another process did."""
        added, removed = (read_files(handle, self.folder, files, self.limits) for files in (commit.added, commit.removed))
        new, taken_out = exclude_landed(added, removed)
        metadata = {_VERSION: str(commit.version)}
        if not new.height:
            return mark, self._landed.add(new, commit.at, {**metadata, _REMOVED: str(taken_out.height)})
        if gone := self._count_gone(taken_out, new):
            metadata[_GONE] = str(gone)
        following = land_marked(self._landed, new, commit.at, mark, str(commit.version), metadata=metadata)
        return following or mark, following is not None

    def _count_gone(self, taken_out: pl.DataFrame, new: pl.DataFrame) -> int:
        """Return how many rows a version took out without one of their key in its place; without a key, how many more than it brought."""
        key = [name for name in self.schema.key if name in taken_out.columns]
        if not key or len(key) < len(self.schema.key):
            return max(0, taken_out.height - new.height)
        return taken_out.join(new, on=key, how="anti", nulls_equal=True).height

    def _last_version(self, mark: Mark | None) -> int | None:
        """Return the version up to which the table was read: that of the mark, or of a later one that landed here and took rows out."""
        landed = [int(pl.read_parquet_metadata(path)[_VERSION]) for path in self._landed.files()[-1:]]
        return max([*landed, *([int(mark.value)] if mark else [])], default=None)


def read_newest_version(schema: Schema, folder: Path, limits: Limits, options: ReadOptions) -> Batch:
    """Return all rows of a table, cast to a schema; nothing is landed.

    Args:
        schema: The dataset.
        folder: Folder of the table.
        limits: Largest sizes of a version, a cell and so on.
        options: How the rows are shaped.

    Raises:
        SourceError: The table cannot be read.
    """
    with TemporaryDirectory() as landing:
        source = DeltaSource(schema, folder, Path(landing), limits, options)
        return source.read(next(source.arrivals()))
