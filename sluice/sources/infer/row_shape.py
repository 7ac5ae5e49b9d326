"""Infer what a row of a file is: which rows belong together, and which values stand within nested columns."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from sluice.domain import EMPTY, Column, Guard, Message, ReadOptions
from sluice.sources.cast_text import has_decimals, without_decimals
from sluice.sources.continuation import join_groups
from sluice.sources.guards import has_escaped_comma, take_off_guards
from sluice.sources.infer.clock_columns import find_clock
from sluice.sources.infer.continuation import Continuation, find_continuation
from sluice.sources.infer.guards import find_apostrophes, find_guards
from sluice.sources.infer.nested import Nested, propose_columns
from sluice.sources.joined_columns import join_columns
from sluice.sources.nested import source_columns
from sluice.sources.platforms import Platform, fitting
from sluice.sources.shape import decode_cells, shape_rows

_GUARDED: Mapping[Guard, Message] = {"formula": Message.text('="..."'), "apostrophe": Message.of("init_apostrophe_before")}


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
    notes: Sequence[Message]
    _nested: Nested
    _whole_numbers: frozenset[str] = frozenset()

    def roots(self, names: Sequence[str]) -> list[str]:
        """Return the columns of a file that columns are read from."""
        return source_columns([self.place(Column(name)) for name in names], self.options)

    def reshape(self, cells: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
        """Return columns of further rows as those of the frames are."""
        rows = shape_rows(cells.columns, cells, [self.place(Column(name)) for name in names], self.options).frame.select(names)
        return _with_ids(rows, self._whole_numbers)

    def decimal_ids(self, columns: Sequence[Column]) -> tuple[str, ...]:
        """Return the columns of whole numbers that name something, some of which are written with a decimal."""
        names = [column.name for column in columns if column.format == "whole_number"]
        return tuple(name for name in names if any(has_decimals(frame[name]) for frame in self.frames if name in frame.columns))

    def with_formats(self, columns: Sequence[Column]) -> Shaped:
        """Return the rows with ids as the formats of their columns read them: `1` for `1.0`."""
        names = frozenset(column.name for column in columns if column.format == "whole_number")
        return replace(self, frames=[_with_ids(frame, names) for frame in self.frames], _whole_numbers=names)

    def place(self, column: Column) -> Column:
        """Return a column with the path of its values, where they stand within a nested column."""
        return self._nested.place(column)


def _with_ids(frame: pl.DataFrame, names: Collection[str]) -> pl.DataFrame:
    return frame.with_columns(without_decimals(cells) for cells in frame if cells.name in names and cells.dtype == pl.String)


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
    guard = tuple(dict.fromkeys([*(platform.guard if platform else ()), *find_guards(largest)]))
    escaped = fitting(platform.escaped, largest.columns) if platform else ()
    lists = tuple(name for name in fitting(platform.lists, largest.columns) if has_escaped_comma(largest[name])) if platform else ()
    cells = replace(options, lists=lists, guard=guard, escaped=escaped, apostrophes=find_apostrophes(take_off_guards(largest, guard)))
    grouped = replace(cells, group_by=continuation.group_by, fill_down=continuation.fill_down, number_rows=numbered)
    joined = replace(grouped, join=find_clock(decode_cells(largest, grouped)))
    filled = [join_groups(join_columns(decode_cells(frame, joined), joined.join), joined) for frame in frames]
    nested = propose_columns(filled, platform.paths if platform else (), explode=platform is None or platform.explode)
    flat = [nested.flatten(frame) for frame in filled]
    shaped = replace(joined, explode=nested.explode)
    notes = (continuation.note, nested.note, _guard_note(guard, platform), _apostrophe_note(shaped.apostrophes), _join_note(shaped))
    return Shaped(flat, shaped, [note for note in notes if note], nested)


def _guard_note(guard: Sequence[Guard], platform: Platform | None) -> Message:
    """Return what is written around cells and is no matter of the platform."""
    own = [one for one in guard if platform is None or one not in platform.guard]
    return Message.of("init_guarded", forms=tuple(_GUARDED[one] for one in own)) if own else EMPTY


def _apostrophe_note(columns: Sequence[str]) -> Message:
    """Return which columns have an apostrophe before each of their texts."""
    return Message.of("init_apostrophes", columns=tuple(columns)) if columns else EMPTY


def _join_note(options: ReadOptions) -> Message:
    """Return which columns are one time."""
    return Message.join(Message.of("init_one_time", columns=tuple(columns), name=name) for name, columns in options.join)


def _continuation(frame: pl.DataFrame, platform: Platform | None) -> Continuation:
    """Return how rows belong together: as on the platform, else as the rows show."""
    if platform is None or platform.group_by is None:
        return find_continuation(frame)
    group = fitting([platform.group_by], frame.columns)[:1]
    return Continuation(group, tuple(name for name in fitting(platform.fill_down, frame.columns) if name not in group)) if group else Continuation()
