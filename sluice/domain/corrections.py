"""State right values of cells of held rows, and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sluice.domain.batch import Staged
from sluice.domain.message import Message

STEWARD = "steward"  # stands for the cleaner of a repair that a person decided


class CorrectedCell(NamedTuple):
    """Give the right value of one cell of a held row.

    Attributes:
        row: Id of the row.
        column: Name of its column.
        text: The value as text; None empties the cell.
    """

    row: str
    column: str
    text: str | None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Name rows whose right values are not taken over, and say why.

    Attributes:
        reason: Why.
        rows: Their ids.
    """

    reason: Message
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Corrected:
    """Hold what was judged of corrected rows.

    Attributes:
        staged: The rows that pass; None where none does.
        left: Those that do not, by reason; they stay held as they were.
    """

    staged: Staged | None
    left: tuple[LeftOut, ...] = ()
