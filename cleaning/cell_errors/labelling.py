"""Tell which row to label next, what its label would bring, and when the labels are enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cleaning.cell_errors.evidence import Evidence, Reference, gather
from cleaning.cell_errors.patterns import groups_of, patterns_of
from cleaning.cell_errors.selection import cell_weights, choose_rows, worth
from cleaning.cell_errors.table import Floats, Places, Table

ENOUGH = 0.01  # share of the kinds of cells that the next row would add, below which the labels are enough


@dataclass(frozen=True, slots=True)
class NextRow:
    """Describe the row to label next.

    Attributes:
        row: Place of the row.
        covered: Share of the kinds of cells, weighted by their rows, of which a cell is labelled (0 to 1).
        gain: Share that this row adds (0 to 1).
    """

    row: int
    covered: float
    gain: float

    @property
    def enough(self) -> bool:
        """Return True where another label hardly adds anything."""
        return self.gain < ENOUGH


@dataclass(frozen=True, eq=False)
class Labelling:
    """Choose rows of a table to label, one after the other.

    Attributes:
        evidence: Evidence on the cells.
        groups: Group of each cell within its column (rows x columns).
        weights: How much the label of each cell says (rows x columns).
    """

    evidence: Evidence
    groups: Places
    weights: Floats

    @classmethod
    def of(cls, table: Table) -> Labelling:
        """Gather the evidence on the cells of a table."""
        evidence = gather(Reference.of(table))
        groups = groups_of(evidence, patterns_of(table))
        return cls(evidence, groups, cell_weights(evidence, groups))

    def next_row(self, labelled: Sequence[int], left_out: Sequence[int] = (), seed: int = 0) -> NextRow | None:
        """Return the row to label next; None where none is left.

        Args:
            labelled: Rows that are labelled.
            left_out: Rows that were put back.
            seed: Seed of the draws.
        """
        row = next((row for row in choose_rows(self.evidence, self.groups, labelled, seed + len(labelled)) if row not in left_out), None)
        if row is None:
            return None
        done = [set(self.groups[list(labelled), place].tolist()) for place in range(self.groups.shape[1])]
        total = sum(self._weight(place, set(self.groups[:, place].tolist())) for place in range(len(done)))
        covered = sum(self._weight(place, groups) for place, groups in enumerate(done))
        gain = float(worth(self.weights, self.groups, done)[row])
        return NextRow(row, covered / total if total else 1.0, gain / total if total else 0.0)

    def suspects(self, row: int) -> dict[int, list[str]]:
        """Return the columns of a row whose cells show signs of an error, with the names of the signs."""
        return {place: self.evidence.names_of_signs(row, place) for place in range(self.evidence.table.width) if self.evidence.signs[row, place].any()}

    def _weight(self, place: int, groups: set[int]) -> float:
        """Return the weight of some groups of a column, each counted once."""
        first = np.unique(self.groups[:, place], return_index=True)
        return float(sum(self.weights[row, place] for group, row in zip(*first, strict=True) if int(group) in groups))
