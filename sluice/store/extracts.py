"""Remember what was computed of the rows of each file of a table, so that a look at it reads the files that came since."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import polars as pl

from sluice.store.delta_scan import PinnedTable

_MAX_CHUNKS = 16  # more of them slow every look down; to copy the rows for each new file would too
_MAX_ROWS = 2_000_000  # of a larger table nothing is remembered: memory is worth more


class Extracts:
    """Hold, by table and by what is computed, a frame of each file.

    The files of a Delta table are never changed: a commit adds files and removes others. Where the columns of the table change, all are read again.
    """

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._lock = threading.Lock()
        self._extracts: dict[Hashable, _Extract] = {}

    def of(self, table: PinnedTable, name: Hashable, compute: Callable[[pl.LazyFrame], pl.LazyFrame]) -> pl.DataFrame:
        """Return what is computed of the rows of a table, in the order of its files.

        Args:
            table: One version of a table.
            name: Of the table and of what is computed.
            compute: Computes it; what it makes of a row depends on that row alone.
        """
        with self._lock:
            extract = self._extracts.get(name)
            if extract is None or (extract.schema, extract.files) != (table.schema, table.files):
                extract = _read(table, extract, compute)
                self._extracts.pop(name, None)
                if extract.rows.height <= _MAX_ROWS:
                    self._extracts[name] = extract
            return extract.rows


@dataclass(frozen=True, slots=True, eq=False)
class _Extract:
    """Hold what was computed of one version of a table.

    Attributes:
        schema: Columns of the table.
        files: Its files.
        heights: By file the number of its rows.
        rows: What was computed, in the order of the files.
    """

    schema: pl.Schema
    files: tuple[str, ...]
    heights: Mapping[str, int]
    rows: pl.DataFrame

    def by_file(self) -> dict[str, pl.DataFrame]:
        """Return the rows of each file, which are no copies."""
        starts = accumulate((self.heights[file] for file in self.files), initial=0)
        return {file: self.rows.slice(start, self.heights[file]) for file, start in zip(self.files, starts, strict=False)}


def _read(table: PinnedTable, before: _Extract | None, compute: Callable[[pl.LazyFrame], pl.LazyFrame]) -> _Extract:
    """Read the files of a table that no earlier extract holds."""
    if not table.files:
        return _Extract(table.schema, (), {}, compute(table.scan()).collect())
    frames = before.by_file() if before is not None and before.schema == table.schema else {}
    new = [file for file in table.files if file not in frames]
    frames |= zip(new, pl.collect_all(compute(table.scan([file])) for file in new), strict=True)
    rows = pl.concat(_in_order(table.files, new, frames, before), rechunk=False)
    rows = rows.rechunk() if rows.n_chunks() > _MAX_CHUNKS else rows
    return _Extract(table.schema, table.files, {file: frames[file].height for file in table.files}, rows)


def _in_order(files: Sequence[str], new: Sequence[str], frames: Mapping[str, pl.DataFrame], before: _Extract | None) -> list[pl.DataFrame]:
    """Return frames that follow one another as the files do; where files came before those of an earlier extract, it is one frame."""
    if before is not None and before.files and tuple(files[len(new) :]) == before.files:
        return [*(frames[file] for file in new), before.rows]
    return [frames[file] for file in files]
