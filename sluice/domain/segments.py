"""Name the part of the data that most failing rows lie in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Condition:
    """Compare one column with a value; None is an empty cell."""

    column: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Cause:
    """Represent a part of the data with the numbers that make it a likely cause.

    Attributes:
        conditions: What all its rows have in common.
        rows: Number of its rows.
        failing: Number of its rows that fail.
        all_rows: Number of rows that were compared.
        all_failing: Number of rows that fail.
    """

    conditions: tuple[Condition, ...]
    rows: int
    failing: int
    all_rows: int
    all_failing: int

    @property
    def share(self) -> float:
        """Return the share of its rows that fail."""
        return self.failing / self.rows

    @property
    def share_elsewhere(self) -> float:
        """Return the share of all other rows that fail."""
        others = self.all_rows - self.rows
        return (self.all_failing - self.failing) / others if others else 0.0
