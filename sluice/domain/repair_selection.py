"""Select repairs by what a person knows of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class RepairSelection:
    """Select repairs of a dataset; None means any.

    Attributes:
        cleaner: Name of the cleaner that made them, or `steward`.
        column: Name of the repaired column.
        confidence_from: Least confidence (0 to 1).
        confidence_to: Greatest confidence (0 to 1).
        old: Value before the repair, as text; empty where there was none. It selects no cell of a personal column.
        new: Value after the repair, likewise.
        run: Id of the run that made them.
        row: Id of the row.
        day: Last day of the period of the batch that they came with, in UTC.
    """

    cleaner: str | None = None
    column: str | None = None
    confidence_from: float | None = None
    confidence_to: float | None = None
    old: str | None = None
    new: str | None = None
    run: str | None = None
    row: str | None = None
    day: date | None = None

    @property
    def is_empty(self) -> bool:
        """Return True where every repair is selected."""
        return self == RepairSelection()


@dataclass(frozen=True, slots=True)
class UndoPreview:
    """State what undoing repairs would do; nothing is published.

    Attributes:
        dataset: Name of the dataset.
        repairs: Repairs that would be undone, with later ones of the same cells.
        cells: Cells that would change.
        rows: Rows that would change.
        held: Those of them that would then be held, since they fail a rule.
        left: Repairs that were named and cannot be undone: their rows are not published, or they were undone before.
    """

    dataset: str
    repairs: int
    cells: int
    rows: int
    held: int
    left: int
