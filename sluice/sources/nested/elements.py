"""Make one row of each element of a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sluice.domain.nested_path import Step
from sluice.sources.nested.documents import follow


@dataclass(frozen=True, slots=True)
class Elements:
    """Hold the elements of the lists of all rows, in order; a row without an element has None once.

    Attributes:
        rows: Row of each element, from 0.
        values: The elements.
        positions: Position of each in its list, from 0; None where there is no element.
    """

    rows: Sequence[int]
    values: Sequence[object]
    positions: Sequence[int | None]


def no_elements(height: int) -> Elements:
    """Return one row for each row."""
    return Elements(range(height), [None] * height, [None] * height)


def list_elements(documents: Sequence[object], steps: Sequence[Step]) -> Elements:
    """Return the elements of the list at the end of the steps in each document."""
    rows: list[int] = []
    values: list[object] = []
    positions: list[int | None] = []
    for row, document in enumerate(documents):
        value = follow(document, steps)
        elements = value if isinstance(value, list) and value else [None]
        rows += [row] * len(elements)
        values += elements
        positions += range(len(elements)) if isinstance(value, list) and value else [None]
    return Elements(rows, values, positions)
