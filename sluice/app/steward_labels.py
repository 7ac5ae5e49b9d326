"""Let decisions on single rows teach: a correction, a release or an undo of repairs becomes labels of its rows, in the file that people write too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from sluice.app.app import App
from sluice.app.label_lines import answer_lines, with_answer
from sluice.config.label_settings import is_read, label_path
from sluice.domain import ANSWER, ROW, RUN, Message, Request
from sluice.rules.releases import request_id
from sluice.store.label_file import change_label_file
from sluice.wiring.label_columns import columns_to_label

ROWS = 20  # of one decision at most: of more at once nobody has looked at each


def teach(app: App, request: Request, rows: Sequence[str]) -> list[Message]:
    """Write the rows of a decision as labels, their cells as they are published now; return what is said of that.

    Nothing is written where no cleaner learns from labels of the dataset, the decision is about a rule, or about many rows. A request is written once.

    Args:
        app: The application.
        request: The decision, which was carried out.
        rows: Ids of the rows that it is about; those that are not published teach nothing.

    Raises:
        UsageError: The file cannot be written.
    """
    if request.rule or not 0 < len(set(rows)) <= ROWS or not is_read(app.config, request.dataset):
        return []
    answers = list(_answers(app, request, rows))
    if not answers:
        return []
    path, root = label_path(app.config, request.dataset), app.config.root
    for answer in answers:
        change_label_file(path, lambda lines, added=answer: with_answer(lines, added))  # type: ignore[misc]  # bound at once, for this answer
    return [Message.of("decision_teaches", rows=len(answers), file=path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name)]


def teach_no_longer(app: App, request: Request) -> None:
    """Take the labels of decisions out of the file that a request undoes.

    Raises:
        UsageError: The file cannot be written.
    """
    if is_read(app.config, request.dataset):
        names = [*request.rows, *map(request_id, request.rows)]
        change_label_file(label_path(app.config, request.dataset), lambda lines: _without(lines, names))


def rows_of_repairs(app: App, request: Request) -> list[str]:
    """Return the ids of the rows whose repairs a request undoes."""
    repairs = app.store.snapshot().repairs(request.dataset)
    if "repair_id" not in repairs.collect_schema().names():
        return []
    return repairs.filter(pl.col("repair_id").is_in(list(request.rows))).select(pl.col(ROW).unique().sort()).collect()[ROW].to_list()


def _answers(app: App, request: Request, rows: Sequence[str]) -> Iterator[pl.DataFrame]:
    """Yield the lines of each published row: its cells as they arrived, and those that are right otherwise."""
    from cleaning.cells import as_arrived, as_text  # the process that lists what waits cleans nothing

    columns = columns_to_label(app.config, request.dataset)
    published = app.store.snapshot().published(request.dataset)
    if not {ROW, *columns} <= set(published.collect_schema().names()):
        return
    named = pl.col(ROW).is_in(list(rows))
    present = published.filter(named).drop(RUN).sort(ROW).collect()
    arrived = as_arrived(present, app.store.quarantine.repairs(request.dataset, matching=named), columns)
    for before, now in zip(_cells(arrived, columns), _cells(as_text(present, columns), columns), strict=True):
        row = before.pop(ROW)
        yield answer_lines(row, before, {name: now[name] for name in columns if now[name] != before[name]}, request.id)


def _cells(texts: pl.DataFrame, columns: Sequence[str]) -> list[dict[str, str]]:
    return texts.select(ROW, pl.col(columns).fill_null("")).to_dicts()


def _without(lines: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    return lines.filter(~pl.col(ANSWER).is_in(list(names)).fill_null(value=False)) if ANSWER in lines.columns else lines
