"""Learn from labelled rows of a table which of its cells are wrong, and what should stand there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cleaning.cell_errors.detect import Detector
from cleaning.cell_errors.evidence import Evidence, Reference, gather
from cleaning.cell_errors.labels import LabelledRow, known_of, wrong_cells
from cleaning.cell_errors.repairing import Candidate, Repairer
from cleaning.cell_errors.table import Floats, Masks, Table

_FOLDS = 5  # parts of the labels, of which each is judged by what the others say of the sources
_WRONG = 0.5  # probability from which a cell is taken for wrong


@dataclass(frozen=True, eq=False)
class CellModel:
    """Hold what was learned from a table and labels of some of its rows.

    Attributes:
        reference: What is usual in the table.
        evidence: Evidence on its cells, with what the labels say of its sources.
        detector: Tells how probably a cell is wrong.
        repairer: Proposes values.
        labels: The labels.
    """

    reference: Reference
    evidence: Evidence
    detector: Detector
    repairer: Repairer
    labels: Sequence[LabelledRow]

    @classmethod
    def fit(cls, reference: Reference, evidence: Evidence, labels: Sequence[LabelledRow], seed: int) -> CellModel:
        """Learn from labelled rows.

        Args:
            reference: What is usual in a table.
            evidence: Evidence on its cells, as `gather(reference)` returns it.
            labels: Labelled rows of the table, at least one.
            seed: Seed of the trees.
        """
        believing = evidence.believing(known_of(reference.table, reference.reports, labels))
        return cls(reference, believing, Detector.fit(believing, labels, seed), Repairer.fit(reference, _held_out(evidence, labels), labels), labels)

    def probabilities(self) -> Floats:
        """Return how probably each cell of the table is wrong; labelled cells are certain (rows x columns)."""
        probabilities = self.detector.probabilities(self.evidence)
        probabilities[[label.row for label in self.labels]] = wrong_cells(self.reference.table, self.labels)
        return probabilities

    def wrong(self) -> Masks:
        """Return True for each cell of the table that is taken for wrong."""
        return self.probabilities() > _WRONG

    def repairs(self, wrong: Masks) -> list[Candidate]:
        """Return the best value of each wrong cell of the table; that of a labelled cell is its label."""
        labelled = {label.row: label.right for label in self.labels}
        cells = [(int(row), int(place)) for row, place in zip(*np.nonzero(wrong), strict=True)]
        from_labels = [Candidate(row, place, labelled[row][place], "label", 1.0, 1.0) for row, place in cells if row in labelled]
        return [*from_labels, *self.repairer.best(self.evidence, [cell for cell in cells if cell[0] not in labelled])]

    def evidence_on(self, rows: Table) -> Evidence:
        """Return the evidence on rows that are not in the table, in its columns."""
        return gather(self.reference, rows)


def _held_out(evidence: Evidence, labels: Sequence[LabelledRow]) -> dict[int, Evidence]:
    """Return for each labelled row the evidence that believes the labels of other rows alone."""
    held_out: dict[int, Evidence] = {}
    for fold in range(min(_FOLDS, len(labels))):
        others = [label for place, label in enumerate(labels) if place % _FOLDS != fold]
        believing = evidence.believing(known_of(evidence.table, evidence.reports, others))
        held_out |= {label.row: believing for label in labels[fold::_FOLDS]}
    return held_out
