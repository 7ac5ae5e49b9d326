"""Represent rows whose cells a person looked at, and find labels that contradict each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cleaning.cell_errors.claims import Reports
from cleaning.cell_errors.table import Masks, Table


@dataclass(frozen=True, slots=True)
class LabelledRow:
    """Represent a row and what should stand in its cells.

    Attributes:
        row: Place of the row in the reference.
        right: Right value of every cell, by column; equal to the cell where it is right.
    """

    row: int
    right: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Describe two labels that say different things of a cell of equal rows.

    Attributes:
        column: Place of the column.
        first: One label.
        second: The other; on another row with equal cells, or on the same one.
    """

    column: int
    first: LabelledRow
    second: LabelledRow


def wrong_cells(table: Table, labels: Sequence[LabelledRow]) -> Masks:
    """Return True for each cell of the labelled rows whose right value is another (labels x columns)."""
    wrong = [[right != table.cell(label.row, place) for place, right in enumerate(label.right)] for label in labels]
    return np.array(wrong, dtype=bool).reshape(len(labels), table.width)


def known_of(table: Table, reports: Reports | None, labels: Sequence[LabelledRow]) -> Mapping[int, Mapping[str, str]]:
    """Return the right values of labelled things, by column; the latest label of a thing holds."""
    if reports is None:
        return {}
    return {place: {table.cell(label.row, reports.thing): label.right[place] for label in labels} for place in reports.stated}


def contradictions(table: Table, labels: Sequence[LabelledRow]) -> list[Contradiction]:
    """Return the pairs of labels that correct a cell of equal rows to different values.

    Equal cells of rows that differ may rightly get different values: each empty cell does.

    Example:
        >>> table = Table(("unit",), (("12 oz", "12 oz"),))
        >>> [(pair.first.right, pair.second.right) for pair in contradictions(table, [LabelledRow(0, ("12",)), LabelledRow(1, ("12 oz",))])]
        [(('12',), ('12 oz',))]
    """
    pairs = [(group[0], other) for group in _of_equal_rows(table, labels) for other in group[1:]]
    return [Contradiction(place, first, second) for first, second in pairs for place in range(table.width) if first.right[place] != second.right[place]]


def consistent(table: Table, labels: Sequence[LabelledRow]) -> list[LabelledRow]:
    """Return the labels without those of equal rows with different labels; equal labels of one row are one."""
    doubtful = {label.row for group in _of_equal_rows(table, labels) if len({label.right for label in group}) > 1 for label in group}
    return list(dict.fromkeys(label for label in labels if label.row not in doubtful))


def _of_equal_rows(table: Table, labels: Sequence[LabelledRow]) -> Collection[Sequence[LabelledRow]]:
    alike: dict[tuple[str, ...], list[LabelledRow]] = defaultdict(list)
    for label in labels:
        alike[tuple(table.cell(label.row, place) for place in range(table.width))].append(label)
    return alike.values()
