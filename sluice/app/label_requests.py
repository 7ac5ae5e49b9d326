"""Carry out what people request about labels: choose rows, write answers into the file of labels, take them back, import a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import polars as pl

from sluice.app.app import App
from sluice.app.label_lines import OTHERS, with_answer, with_names, without_answer
from sluice.config.label_settings import label_path
from sluice.domain import LABEL_COLUMNS, WHOLE_ROW, CorrectedCell, LabelPlan, Message, Request, read_row_value, row_value
from sluice.errors import LeaseHeld, UsageError
from sluice.messages import make_error
from sluice.store.label_file import change_label_file
from sluice.wiring.label_columns import columns_to_label

ROWS = 20  # rows of a plan: as many as do for most tables


def choose_rows(app: App, request: Request) -> Message:
    """Choose the rows that people are asked to label next.

    Raises:
        UsageError: Nothing is published, or the file of the labels cannot be read.
    """
    plan = replace(app.store.label_plans.of(request.dataset), done=0, total=None)
    app.store.label_plans.save(plan)

    def progress(what: Message, done: int, total: int | None) -> None:
        app.store.label_plans.save(replace(plan, done=done, total=total))

    rows = app.worker.choose_rows(request.dataset, ROWS, app.store.snapshot().id, progress)
    app.store.label_plans.save(LabelPlan(request.dataset, tuple(rows), len(rows), len(rows)))
    return Message.of("rows_to_label", rows=len(rows))


def write_label(app: App, request: Request) -> Message:
    """Write an answer into the file of labels, where it stays beside those of others, also equal ones; a request is written once.

    Raises:
        UsageError: It names a column that is not labelled, or the file cannot be written.
    """
    answer = _lines_of(app, request)
    return Message.of("label_written", file=_change(app, request, lambda lines: with_answer(lines, answer)))


def undo_label(app: App, request: Request) -> Message:
    """Take an answer out of the file of labels again.

    Raises:
        LeaseHeld: The answer is not written yet.
        UsageError: There is no such answer, or the file cannot be written.
    """
    label = app.store.requests.get(request.rows[0])
    if label is None or (label.kind, label.dataset) != ("label", request.dataset):
        raise make_error(UsageError, "label_unknown", request=request.rows[0])
    if label.state in ("pending", "taken"):
        raise make_error(LeaseHeld, "label_written_first", label=label.id)
    row = label.rows[0]
    return Message.of("label_taken_back", file=_change(app, request, lambda lines: without_answer(lines, row, label.id)))


def import_labels(app: App, request: Request) -> Message:
    """Put the imported answers in the place of those on the same rows.

    Raises:
        UsageError: One names a column that is not labelled, or the file cannot be written.
    """
    imported = _lines_of(app, request)
    rows = imported["row"].unique()
    others = ~pl.col("row").is_in(rows.implode()).fill_null(value=False)
    file = _change(app, request, lambda lines: pl.concat([with_names(lines, OTHERS).filter(others), imported], how="diagonal"))
    return Message.of("labels_imported", rows=len(rows), file=file)


def _change(app: App, request: Request, change: Callable[[pl.DataFrame], pl.DataFrame]) -> str:
    """Change the file of labels, and return its path below the folder of sluice.yaml."""
    path, root = label_path(app.config, request.dataset), app.config.root
    change_label_file(path, change)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def _lines_of(app: App, request: Request) -> pl.DataFrame:
    """Return the lines that a request holds, named by it, without cells of columns that are not labelled, such as personal ones."""
    columns = columns_to_label(app.config, request.dataset)
    cells = app.store.requests.cells(request.id)
    wrong = next((cell.column for cell in cells if cell.column not in (WHOLE_ROW, *columns)), None)
    if wrong is not None:
        raise make_error(UsageError, "label_of_no_column", column=wrong, dataset=request.dataset)
    lines = [(cell.row, cell.column, _value(cell, columns)) for cell in cells]
    return with_names(pl.DataFrame(lines, schema=dict.fromkeys(LABEL_COLUMNS, pl.String), orient="row"), request.id)


def _value(cell: CorrectedCell, columns: Sequence[str]) -> str:
    cells = read_row_value(cell.text) if cell.column == WHOLE_ROW else None
    return cell.text or "" if cells is None else row_value({name: text for name, text in cells.items() if name in columns})
