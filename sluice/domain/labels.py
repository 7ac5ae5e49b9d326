"""Describe the rows of a dataset that people label, and what a label says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

LABEL_COLUMNS = ("row", "column", "value")
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
