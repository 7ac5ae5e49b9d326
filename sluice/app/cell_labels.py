"""Label rows of a dataset: choose them, take what a person says of their cells, and write it to a CSV file that a dataset of labels reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from cleaning.cell_errors.labelling import Labelling, NextRow
from cleaning.cell_errors.labels import contradictions
from cleaning.cell_errors.stored_labels import LABEL_COLUMNS, WHOLE_ROW, comparable_columns, labelled_rows, read_rows, row_value, with_former_rows
from sluice.app.app import App
from sluice.errors import UsageError


@dataclass(frozen=True, slots=True)
class LabelConflict:
    """Describe two labels that contradict each other.

    Attributes:
        column: Column of the cells.
        first: Id of one row.
        second: Id of the other, with equal cells.
        first_value: Right value by the label of the one.
        second_value: Right value by the label of the other.
    """

    column: str
    first: str
    second: str
    first_value: str
    second_value: str


@dataclass(eq=False)
class LabelSession:
    """Hold the rows that are labelled in one sitting, and the file of their labels.

    Attributes:
        path: CSV file of the labels: `row`, `column`, `value`.
        ids: Id of each row.
        labelling: Chooses the rows.
        lines: Labels in the file, in its order.
        skipped: Rows that were put back.
    """

    path: Path
    ids: Sequence[str]
    labelling: Labelling
    lines: pl.DataFrame
    skipped: list[int] = field(default_factory=list)

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
        """Return the labels that give a cell of equal rows different values, which teach nothing until one of them is changed."""
        table = self.labelling.evidence.table
        rows = {label.row: label for label in labelled_rows(self.ids, table, self.lines)}
        pairs = [(pair, rows[pair.first].right[pair.column], rows[pair.second].right[pair.column]) for pair in contradictions(table, list(rows.values()))]
        return [LabelConflict(table.names[pair.column], self.ids[pair.first], self.ids[pair.second], first, second) for pair, first, second in pairs]

    def label(self, row: int, corrected: Mapping[str, str]) -> None:
        """Write the right values of the cells that are wrong; all other cells of the row are right."""
        names = [WHOLE_ROW, *corrected]
        added = pl.DataFrame({"row": [self.ids[row]] * len(names), "column": names, "value": [row_value(self.cells(row)), *corrected.values()]})
        self._write(pl.concat([read_file(self.path), added], how="diagonal"))  # somebody else may have written to it meanwhile

    def undo(self) -> bool:
        """Take back the label of the row that was labelled last; return False where there is none."""
        self.lines = read_file(self.path)
        if not self.labelled:
            return False
        self._write(self.lines.filter(pl.col("row").ne_missing(self.ids[self.labelled[-1]])))
        return True

    def _write(self, lines: pl.DataFrame) -> None:
        partial = self.path.with_suffix(".partial")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lines.write_csv(partial)
            partial.replace(self.path)
        except OSError as error:
            raise UsageError(f"{self.path} cannot be written: {error.strerror or error}; name another file with --to") from None
        self.lines = lines


def start_labelling(app: App, dataset: str, path: Path) -> LabelSession:
    """Read the published rows of a dataset and the labels that the file holds already.

    Args:
        app: The application.
        dataset: Name of the dataset.
        path: CSV file of labels; it is made with the first label.

    Raises:
        UsageError: Nothing is published, the file holds no labels, or the cleaner's columns are wrong.
    """
    lines = read_file(path)
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


def read_file(path: Path) -> pl.DataFrame:
    """Return the lines of a file of labels, with its further columns; none where it is not there, or is empty.

    Raises:
        UsageError: It cannot be read, or lacks a column.
    """
    if not path.exists() or path.stat().st_size == 0:
        return pl.DataFrame(schema=dict.fromkeys(LABEL_COLUMNS, pl.String))
    try:
        lines = pl.read_csv(path, infer_schema=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise UsageError(f"{path} cannot be read as CSV in UTF-8: {str(error).splitlines()[0]}; correct it, or name another file with --to") from None
    if not set(LABEL_COLUMNS) <= set(lines.columns):
        raise UsageError(f"{path} holds no labels: it lacks one of the columns {', '.join(LABEL_COLUMNS)}; name another file with --to")
    return lines


def _compared(app: App, dataset: str) -> tuple[str, ...]:
    """Return the columns that the dataset's cleaner compares; none where it names none."""
    steps = [step for step in app.config.datasets[dataset].clean if step.name == "cell_errors"]
    columns = steps[0].settings.get("columns", ()) if steps else ()
    return tuple(map(str, columns)) if isinstance(columns, list | tuple) else ()
