"""Infer what a row of a file is: which rows belong together, and which values stand within nested columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from sluice.domain import Column, ReadOptions
from sluice.sources.continuation import fill_from_first_row
from sluice.sources.infer.continuation import find_continuation
from sluice.sources.infer.nested import Nested, propose_columns


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

    def place(self, column: Column) -> Column:
        """Return a column with the path of its values, where they stand within a nested column."""
        return self._nested.place(column)


def infer_shape(frames: Sequence[pl.DataFrame], options: ReadOptions) -> Shaped:
    """Infer from the rows of some files what a row is.

    Args:
        frames: Cells of each file; nested ones as JSON text.
        options: How the files were read.
    """
    continuation = find_continuation(max(frames, key=lambda frame: frame.height))
    filled = [fill_from_first_row(frame, continuation.group_by, continuation.fill_down) for frame in frames]
    nested = propose_columns(filled)
    flat = [nested.flatten(frame) for frame in filled]
    shaped = replace(options, explode=nested.explode, group_by=continuation.group_by, fill_down=continuation.fill_down)
    return Shaped(flat, shaped, [note for note in (continuation.note, nested.note) if note], nested)
