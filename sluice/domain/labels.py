"""Describe the rows of a dataset that people label, and what a label says."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

LABEL_COLUMNS = ("row", "column", "value")
ANSWER = "answer"  # column that names the answer to which a line belongs; a file that people write may lack it
WHOLE_ROW = "*"  # in place of a column: the row was looked at, and every cell that has no line of its own is right; its value may hold the cells


@dataclass(frozen=True, slots=True)
class LabelConflict:
    """Describe two labels that contradict each other.

    Attributes:
        column: Column of the cells.
        first: Id of one row.
        second: Id of the other, with equal cells; the same one where two people labelled it.
        first_value: Right value by the label of the one.
        second_value: Right value by the label of the other.
    """

    column: str
    first: str
    second: str
    first_value: str
    second_value: str


@dataclass(frozen=True, slots=True)
class ValueGroup:
    """Describe which values a column has in the rows that a cell is compared with.

    Attributes:
        where: Cells that these rows have in common, by column; empty means all rows.
        values: The most frequent values, each with its rows.
        rows: Number of these rows.
    """

    where: Mapping[str, str]
    values: Sequence[tuple[str, int]]
    rows: int


@dataclass(frozen=True, slots=True)
class Suspect:
    """Say why a cell looks wrong.

    Attributes:
        signs: Codes of the signs, such as `near_duplicate`.
        group: Values of its column in the rows that it is compared with.
    """

    signs: Sequence[str]
    group: ValueGroup


@dataclass(frozen=True, slots=True)
class RowToLabel:
    """Describe a row that a person is asked about.

    Attributes:
        row: Id of the row.
        cells: Its cells as they arrived, by column.
        suspects: The cells that look wrong, by column.
        near: Cells of the rows that have most in common with it, by column.
        covered: Share of the kinds of cells of which a cell is labelled before (0 to 1).
        gain: Share that this row adds (0 to 1).
        enough: Whether its label hardly adds anything.
    """

    row: str
    cells: Mapping[str, str]
    suspects: Mapping[str, Suspect]
    near: Sequence[Mapping[str, str]]
    covered: float
    gain: float
    enough: bool


@dataclass(frozen=True, slots=True)
class LabelPlan:
    """Hold the rows of a dataset that people are asked about, in their order.

    Attributes:
        dataset: Name of the dataset.
        rows: The rows.
        done: Number of rows that are chosen so far, where others are being chosen.
        total: Number of rows to choose; None before it is known.
    """

    dataset: str
    rows: Sequence[RowToLabel] = ()
    done: int = 0
    total: int | None = None


def row_value(cells: Mapping[str, str]) -> str:
    """Return the value of the line of a whole row: its cells, so that the label teaches after a newer snapshot took the row's place.

    Example:
        >>> row_value({"size": "12 oz"})
        '{"size": "12 oz"}'
    """
    return json.dumps(dict(cells), ensure_ascii=False)


def read_row_value(value: str | None) -> Mapping[str, str] | None:
    """Return the cells of a row from the value of the line of a whole row; None where that holds none.

    Example:
        >>> read_row_value('{"size": "12 oz"}'), read_row_value("")
        ({'size': '12 oz'}, None)
    """
    with suppress(ValueError):
        cells = json.loads(value or "")
        if isinstance(cells, dict) and all(isinstance(cell, str) for cell in cells.values()):
            return cells
    return None
