"""Read single columns of whole files, of which a part decided what else is inferred: keys and references must hold for all rows."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import polars as pl

from sluice.config import Limits
from sluice.errors import SourceError
from sluice.sources.content import format_of
from sluice.sources.delimited import parse, separator_of
from sluice.sources.infer.excerpt import Part
from sluice.sources.infer.row_shape import Shaped
from sluice.sources.table import read_table


@dataclass(frozen=True, slots=True, eq=False)
class WholeColumns:
    """Read columns of all rows of the files of a dataset, once each.

    Attributes:
        parts: The files, with the rows that were read.
        names: Names of the columns of each file.
        shaped: Rows as the source will read them.
        limits: Largest sizes of a file, a cell and so on.
    """

    parts: Sequence[Part]
    names: Sequence[Sequence[str]]
    shaped: Shaped
    limits: Limits
    _read: dict[tuple[int, str], pl.Series] = field(default_factory=dict)
    _failed: set[int] = field(default_factory=set)

    @property
    def complete(self) -> bool:
        """Return whether all rows were read already."""
        return all(part.whole for part in self.parts)

    def frames(self, names: Sequence[str]) -> list[pl.DataFrame]:
        """Return those of the columns that each file has, with all of its rows."""
        return [self._frame(index, [name for name in names if name in frame.columns]) for index, frame in enumerate(self.shaped.frames)]

    def values(self, name: str) -> pl.Series:
        """Return the values of a column in all files, one below another."""
        return pl.concat([frame for frame in self.frames([name]) if frame.width], how="diagonal_relaxed")[name]

    def partly_read(self) -> tuple[str, ...]:
        """Return the names of the files of which a column could not be read whole, so that its values are those of the part."""
        return tuple(self.parts[index].path.name for index in sorted(self._failed))

    def _frame(self, index: int, names: Sequence[str]) -> pl.DataFrame:
        if self.parts[index].whole:
            return self.shaped.frames[index].select(names)
        if missing := [name for name in names if (index, name) not in self._read]:
            frame = self._rows(index, missing)
            self._read.update({(index, name): frame[name] for name in missing})
        return pl.DataFrame([self._read[index, name] for name in names])

    def _rows(self, index: int, names: Sequence[str]) -> pl.DataFrame:
        """Read columns of a file; where that fails, since another row than those of the part is broken, of the part alone."""
        roots = self.shaped.roots(names)
        with suppress(SourceError, pl.exceptions.ComputeError):
            return self.shaped.reshape(self._cells(index, roots), names)
        self._failed.add(index)
        return self.shaped.frames[index].select(names)

    def _cells(self, index: int, roots: Sequence[str]) -> pl.DataFrame:
        path, options = self.parts[index].path, self.shaped.options
        if (options.format or format_of(path)) != "csv":
            return read_table(path, self.limits, options, roots).frame
        return parse(path, self.names[index], roots, separator_of(path, options), has_header=bool(options.header))
