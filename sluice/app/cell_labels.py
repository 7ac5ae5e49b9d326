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
from sluice.domain import LABEL_COLUMNS, LabelConflict
from sluice.rules.labels import conflicts
from sluice.store.label_file import change_label_file, read_label_file
from sluice.wiring.label_rows import rows_with_labels


@dataclass(eq=False)
class LabelSession:
    """Hold the rows that are labelled in one sitting, and the file of their labels.

    Attributes:
        path: CSV file of the labels: `row`, `column`, `value`.
        ids: Id of each row.
        labelling: Chooses the rows.
        lines: Labels in the file, in its order.
        skipped: Rows that were put back.
        answered: Answers of this sitting, the last one at the end: the id of the row, and the right values of its wrong cells.
    """

    path: Path
    ids: Sequence[str]
    labelling: Labelling
    lines: pl.DataFrame
    skipped: list[int] = field(default_factory=list)
    answered: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

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
        rows = {label.row: label for label in labelled_rows(self.ids, table, self.lines)}
        pairs = [(pair, rows[pair.first].right[pair.column], rows[pair.second].right[pair.column]) for pair in contradictions(table, list(rows.values()))]
        twice = [conflict for conflict in conflicts(self.lines.select(LABEL_COLUMNS).rows()) if conflict.first == conflict.second]
        return [*twice, *(LabelConflict(table.names[pair.column], self.ids[pair.first], self.ids[pair.second], one, other) for pair, one, other in pairs)]

    def label(self, row: int, corrected: Mapping[str, str]) -> None:
        """Write the right values of the cells that are wrong; all other cells of the row are right."""
        added = answer_lines(self.ids[row], self.cells(row), corrected)
        self.lines = change_label_file(self.path, lambda lines: with_answer(lines, added))
        self.answered.append((self.ids[row], dict(corrected)))

    def undo(self) -> bool:
        """Take back the last answer of this sitting, else the last one in the file; return False where there is none."""
        self.lines = read_label_file(self.path)
        if not self.answered and not self.labelled:
            return False
        row, corrected = self.answered.pop() if self.answered else (self.ids[self.labelled[-1]], None)
        self.lines = change_label_file(self.path, lambda lines: without_answer(lines, row, corrected))
        return True


def start_labelling(app: App, dataset: str, path: Path) -> LabelSession:
    """Read the published rows of a dataset and the labels that the file holds already.

    Args:
        app: The application.
        dataset: Name of the dataset.
        path: CSV file of labels; it is made with the first label.

    Raises:
        UsageError: Nothing is published, the file holds no labels, or the cleaner's columns are wrong.
    """
    lines = read_label_file(path)
    ids, table = rows_with_labels(app.config, app.store.snapshot(), dataset, lines)
    return LabelSession(path, ids, Labelling.of(table), lines)
