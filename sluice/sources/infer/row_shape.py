"""Infer what a row of a file is: which rows belong together, and which values stand within nested columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from sluice.domain import Column, ReadOptions
from sluice.sources.continuation import join_groups
from sluice.sources.guards import take_off_guards, unescape_lines
from sluice.sources.infer.continuation import Continuation, find_continuation
from sluice.sources.infer.nested import Nested, propose_columns
from sluice.sources.nested import source_columns
from sluice.sources.platforms import Platform, fitting
from sluice.sources.shape import shape_rows


@dataclass(frozen=True, slots=True, eq=False)
class Shaped:
    """Hold the rows of a dataset as its source will read them.

    Attributes:
        frames: Rows of each file.
        options: How the files are read.
        notes: What a person should know of it.
    """

    frames: Sequence[pl.DataFrame]
    options: ReadOptions
    notes: Sequence[str]
    _nested: Nested

    def roots(self, names: Sequence[str]) -> list[str]:
        """Return the columns of a file that columns are read from."""
        return source_columns([self.place(Column(name)) for name in names], self.options)

    def reshape(self, cells: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
        """Return columns of further rows as those of the frames are."""
        return shape_rows(cells.columns, cells, [self.place(Column(name)) for name in names], self.options).frame.select(names)

    def place(self, column: Column) -> Column:
        """Return a column with the path of its values, where they stand within a nested column."""
        return self._nested.place(column)


def infer_shape(frames: Sequence[pl.DataFrame], options: ReadOptions, platform: Platform | None = None) -> Shaped:
    """Infer from the rows of some files what a row is.

    Args:
        frames: Cells of each file; nested ones as JSON text.
        options: How the files were read.
        platform: The platform that they look like.
    """
    largest = max(frames, key=lambda frame: frame.height)
    continuation = _continuation(largest, platform)
    numbered = platform.number_rows if platform and continuation.group_by else None
    guard = platform.guard if platform else ()
    escaped = fitting(platform.escaped, largest.columns) if platform else ()
    grouped = replace(options, group_by=continuation.group_by, fill_down=continuation.fill_down, number_rows=numbered, guard=guard, escaped=escaped)
    filled = [join_groups(unescape_lines(take_off_guards(frame, guard), escaped), grouped) for frame in frames]
    nested = propose_columns(filled, platform.paths if platform else (), explode=platform is None or platform.explode)
    flat = [nested.flatten(frame) for frame in filled]
    shaped = replace(grouped, explode=nested.explode)
    return Shaped(flat, shaped, [note for note in (continuation.note, nested.note) if note], nested)


def _continuation(frame: pl.DataFrame, platform: Platform | None) -> Continuation:
    """Return how rows belong together: as on the platform, else as the rows show."""
    if platform is None or platform.group_by is None:
        return find_continuation(frame)
    group = fitting([platform.group_by], frame.columns)[:1]
    return Continuation(group, tuple(name for name in fitting(platform.fill_down, frame.columns) if name not in group)) if group else Continuation()
