"""Tell which row to label next, what its label would bring, and when the labels are enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cleaning.cell_errors.evidence import Evidence, Reference, gather
from cleaning.cell_errors.patterns import groups_of, patterns_of
from cleaning.cell_errors.selection import cell_weights, choose_rows, worth
from cleaning.cell_errors.table import Floats, Masks, Places, Table

ENOUGH = 0.01  # share of the kinds of cells that the next row would add, below which the labels are enough


@dataclass(frozen=True, slots=True)
class NextRow:
    """Describe the row to label next.

    Attributes:
        row: Place of the row.
        covered: Share of the kinds of cells, weighted by their rows, of which a cell is labelled (0 to 1).
        gain: Share that this row adds (0 to 1).
        suspects_labelled: Whether each column with suspects has a labelled one, but for those that were put back.
    """

    row: int
    covered: float
    gain: float
    suspects_labelled: bool = True

    @property
    def enough(self) -> bool:
        """Return True where another label hardly adds anything."""
        return self.suspects_labelled and self.gain < ENOUGH


@dataclass(frozen=True, eq=False)
class Labelling:
    """Choose rows of a table to label, one after the other.

    Attributes:
        reference: What is usual in the table.
        evidence: Evidence on the cells.
        groups: Group of each cell within its column (rows x columns).
        weights: How much the label of each cell says (rows x columns).
    """

    reference: Reference
    evidence: Evidence
    groups: Places
    weights: Floats

    @classmethod
    def of(cls, table: Table) -> Labelling:
        """Gather the evidence on the cells of a table."""
        reference = Reference.of(table)
        evidence = gather(reference)
        groups = groups_of(evidence, patterns_of(table))
        return cls(reference, evidence, groups, cell_weights(evidence, groups))

    def next_row(self, labelled: Sequence[int], left_out: Sequence[int] = (), seed: int = 0) -> NextRow | None:
        """Return the row to label next; None where none is left.

        Once the usual choice hardly adds anything, rows with a suspect in a column of which none is labelled come first: a kind of error may be rare.

        Args:
            labelled: Rows that are labelled.
            left_out: Rows that were put back.
            seed: Seed of the draws.
        """
        row = next((row for row in choose_rows(self.evidence, self.groups, labelled, seed + len(labelled)) if row not in left_out), None)
        if row is None:
            return None
        done = [set(self.groups[list(labelled), place].tolist()) for place in range(self.groups.shape[1])]
        total = self._total or 1.0
        worths, unasked = worth(self.weights, self.groups, done), self._unasked([*labelled, *left_out])
        if unasked.any() and worths[row] / total < ENOUGH:
            row = int(np.argmax(np.where(unasked, worths, -1.0)))
        covered = sum(self._weight(place, groups) for place, groups in enumerate(done)) if self._total else total
        return NextRow(row, covered / total, float(worths[row]) / total, not unasked.any())

    def suspects(self, row: int) -> dict[int, list[str]]:
        """Return the columns of a row whose cells show signs of an error, with the names of the signs."""
        return {place: self.evidence.names_of_signs(row, place) for place in range(self.evidence.table.width) if self.evidence.signs[row, place].any()}

    @cached_property
    def _total(self) -> float:
        """Return the weight of the groups of all columns."""
        return sum(self._weight(place, set(self.groups[:, place].tolist())) for place in range(self.groups.shape[1]))

    def _unasked(self, rows: Sequence[int]) -> Masks:
        """Return True for each row that has a suspect in a column of which none is in some rows."""
        suspicious = self.evidence.suspicion > 0
        open_columns = ~suspicious[list(rows)].any(0)
        return np.asarray(suspicious[:, open_columns].any(1), dtype=bool)

    def _weight(self, place: int, groups: set[int]) -> float:
        """Return the weight of some groups of a column, each counted once."""
        first = np.unique(self.groups[:, place], return_index=True)
        return float(sum(self.weights[row, place] for group, row in zip(*first, strict=True) if int(group) in groups))
