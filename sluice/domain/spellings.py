"""Spellings of one thing in a column, and the one that a person decides on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spelling:
    """Count one value of a column.

    Attributes:
        value: The value as it stands in the cells.
        published: Published rows that hold it.
        held: Held rows that hold it.
    """

    value: str
    published: int
    held: int = 0

    @property
    def rows(self) -> int:
        """Return the number of rows that hold it."""
        return self.published + self.held


@dataclass(frozen=True, slots=True)
class SpellingGroup:
    """Hold values that are probably spellings of one thing.

    Attributes:
        spellings: The values, the most frequent first.
    """

    spellings: tuple[Spelling, ...]

    @property
    def most_frequent(self) -> str:
        """Return the most frequent spelling."""
        return self.spellings[0].value


@dataclass(frozen=True, slots=True)
class MappingPreview:
    """State what mapping values to one spelling would do; nothing is changed.

    Attributes:
        dataset: Name of the dataset.
        column: Name of the column.
        values: The right value by each wrong one.
        published: Published rows that would change.
        held: Held rows that would get the spelling when they are released or corrected.
        failing: Published rows that would then be held, since they fail a rule.
        difference: What changes in sluice.yaml, as a unified difference.
    """

    dataset: str
    column: str
    values: Mapping[str, str]
    published: int
    held: int
    failing: int
    difference: str
