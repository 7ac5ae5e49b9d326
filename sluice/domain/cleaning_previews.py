"""Represent what cleaners would change in a batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CellChange:
    """Hold one change of a value, and how many cells it concerns.

    Attributes:
        old: Value before; None where the cell was empty.
        new: Value after; None where the cell is emptied.
        cells: Number of cells.
    """

    old: str | None
    new: str | None
    cells: int


@dataclass(frozen=True, slots=True)
class CleanerChanges:
    """Hold what one cleaner changes in one column.

    Attributes:
        cleaner: Name of the cleaner.
        column: Name of the column.
        applied: Number of cells that it repairs.
        candidates: Number of cells for which it proposes a value that it is not sure of.
        samples: Its most frequent changes of repaired cells, or candidates where it repairs none.
    """

    cleaner: str
    column: str
    applied: int
    candidates: int
    samples: tuple[CellChange, ...]


@dataclass(frozen=True, slots=True)
class CleaningPreview:
    """Hold what the cleaners of a dataset change in one batch; nothing was written.

    Attributes:
        batch: Name of its file, or the id of its run.
        rows: Number of its rows.
        changes: Changes by cleaner and column, the most first.
        held: Number of rows that cleaners hold, by rule.
    """

    batch: str
    rows: int
    changes: tuple[CleanerChanges, ...]
    held: Mapping[str, int]
