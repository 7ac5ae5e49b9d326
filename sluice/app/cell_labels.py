"""Label rows of a dataset: choose them, take what a person says of their cells, and write it to a CSV file that a dataset of labels reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from cleaning.cell_errors.labelling import Labelling, NextRow
from cleaning.cell_errors.labels import contradictions
from cleaning.cell_errors.stored_labels import labelled_rows
from sluice.app.app import App
from sluice.app.label_lines import answer_lines, with_answer, without_answer
from sluice.domain import LabelConflict
from sluice.store.label_file import change_label_file, read_label_file
from sluice.wiring.label_rows import rows_with_labels


@dataclass(eq=False)
class LabelSession:
    """Hold the rows that are labelled in one sitting, and the file of their labels.

    Attributes:
        path: CSV file of the labels: `row`, `column`, `value`, `answer`.
        ids: Id of each row.
        labelling: Chooses the rows.
        lines: Labels in the file, in its order.
        name: Name of the answers of this sitting in the file; no other sitting has it.
        skipped: Rows that were put back.
        answered: Ids of the rows that were answered in this sitting, the last one at the end.
    """

    path: Path
    ids: Sequence[str]
    labelling: Labelling
    lines: pl.DataFrame
    name: str
    skipped: list[int] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)

    @property
    def labelled(self) -> list[int]:
        """Return the places of the rows that are labelled, the oldest first."""
        places = {row: place for place, row in enumerate(self.ids)}
        return [places[row] for row in self.lines["row"].unique(maintain_order=True) if row in places]

    def next_row(self) -> NextRow | None:
        """Return the row to label next; None where none is left."""
        return self.labelling.next_row(self.labelled, self.skipped)

    def cells(self, row: int) -> Mapping[str, str]:
        """Return the cells of a row by column, as they arrived."""
        table = self.labelling.evidence.table
        return {name: table.cell(row, place) for place, name in enumerate(table.names)}

    def suspects(self, row: int) -> Mapping[str, Sequence[str]]:
        """Return the columns whose cells look wrong, with the signs."""
        names = self.labelling.evidence.table.names
        return {names[place]: signs for place, signs in self.labelling.suspects(row).items()}

    def contradictions(self) -> list[LabelConflict]:
        """Return the labels that give a cell of one row, or of equal rows, different values, which teach nothing until one of them is changed."""
        table = self.labelling.evidence.table
        pairs = contradictions(table, labelled_rows(self.ids, table, self.lines))
        return [
            LabelConflict(table.names[place], self.ids[one.row], self.ids[other.row], one.right[place], other.right[place])
            for place, one, other in ((pair.column, pair.first, pair.second) for pair in pairs)
        ]

    def label(self, row: int, corrected: Mapping[str, str]) -> None:
        """Write the right values of the cells that are wrong; all other cells of the row are right."""
        added = answer_lines(self.ids[row], self.cells(row), corrected, self.name)
        self.lines = change_label_file(self.path, lambda lines: with_answer(lines, added))
        self.answered.append(self.ids[row])

    def undo(self) -> bool:
        """Take back the last answer of this sitting; return False where none is left. What others say of its row stays."""
        if not self.answered:
            return False
        row = self.answered.pop()
        self.lines = change_label_file(self.path, lambda lines: without_answer(lines, row, self.name))
        return True


def start_labelling(app: App, dataset: str, path: Path, name: str) -> LabelSession:
    """Read the published rows of a dataset and the labels that the file holds already.

    Args:
        app: The application.
        dataset: Name of the dataset.
        path: CSV file of labels; it is made with the first label.
        name: Name of the answers of this sitting, which no other sitting has.

    Raises:
        UsageError: Nothing is published, the file holds no labels, or the cleaner's columns are wrong.
    """
    lines = read_label_file(path)
    ids, table = rows_with_labels(app.config, app.store.snapshot(), dataset, lines)
    return LabelSession(path, ids, Labelling.of(table), lines, name)
