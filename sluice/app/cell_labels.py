"""Label rows of a dataset: choose them, take what a person says of their cells, and write it to a CSV file that a dataset of labels reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from cleaning.cell_errors.labelling import Labelling, NextRow
from cleaning.cell_errors.labels import contradictions
from cleaning.cell_errors.stored_labels import comparable_columns, labelled_rows, read_rows, with_former_rows
from sluice.app.app import App
from sluice.domain import LABEL_COLUMNS, WHOLE_ROW, LabelConflict, row_value
from sluice.errors import UsageError
from sluice.rules.labels import conflicts, places_without
from sluice.store.label_file import change_label_file, read_label_file


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
        self.lines = change_label_file(self.path, lambda lines: pl.concat([lines, added], how="diagonal"))
        self.answered.append((self.ids[row], dict(corrected)))

    def undo(self) -> bool:
        """Take back the last answer of this sitting, else the last one in the file; return False where there is none."""
        self.lines = read_label_file(self.path)
        if not self.answered and not self.labelled:
            return False
        row, corrected = self.answered.pop() if self.answered else (self.ids[self.labelled[-1]], None)
        self.lines = change_label_file(self.path, lambda lines: without_answer(lines, row, corrected))
        return True


def answer_lines(row: str, cells: Mapping[str, str], corrected: Mapping[str, str]) -> pl.DataFrame:
    """Return the lines of an answer: the cells of the row as they were shown, and the right value of each wrong one."""
    names = [WHOLE_ROW, *corrected]
    return pl.DataFrame({"row": [row] * len(names), "column": names, "value": [row_value(cells), *corrected.values()]})


def without_answer(lines: pl.DataFrame, row: str, corrected: Mapping[str, str] | None = None) -> pl.DataFrame:
    """Return the lines without those of an answer on a row; see `places_without`."""
    return lines[places_without(lines.select(LABEL_COLUMNS).rows(), row, corrected)]


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
    schema = app.config.datasets[dataset].schema_of(dataset)
    try:
        columns = comparable_columns(schema, _compared(app, dataset))
    except ValueError as error:
        raise UsageError(f"{dataset}: cell_errors: {error}") from None
    ids, table = read_rows(app.store.snapshot(), dataset, columns, lines["row"].drop_nulls().unique().to_list())
    if not ids:
        raise UsageError(f"no row of {dataset} is published, so that there is none to label; `sluice run` publishes what arrived")
    ids, table = with_former_rows(ids, table, lines)
    return LabelSession(path, ids, Labelling.of(table), lines)


def _compared(app: App, dataset: str) -> tuple[str, ...]:
    """Return the columns that the dataset's cleaner compares; none where it names none."""
    steps = [step for step in app.config.datasets[dataset].clean if step.name == "cell_errors"]
    columns = steps[0].settings.get("columns", ()) if steps else ()
    return tuple(map(str, columns)) if isinstance(columns, list | tuple) else ()
