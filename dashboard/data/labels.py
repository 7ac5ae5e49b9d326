"""Read what is labelled of a dataset: the file of labels, what waits to be written into it, and the rows that people are asked about."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from dashboard.data import cache
from dashboard.data.shop import Shop
from sluice.config.label_settings import label_path
from sluice.domain import WHOLE_ROW, LabelConflict, LabelPlan, Request, RowToLabel, read_row_value, row_value
from sluice.rules.labels import answers_of, conflicts, label_lines
from sluice.store.label_file import read_label_file

_UNFINISHED = ("pending", "taken")


@dataclass(frozen=True, slots=True)
class Labels:
    """Hold the labels of a dataset.

    Attributes:
        plan: The rows that people are asked about, without cells of personal columns.
        lines: Lines of the file of labels, likewise.
        rows: Ids of the rows that are labelled, or will be once what waits is written.
    """

    plan: LabelPlan
    lines: pl.DataFrame
    rows: frozenset[str]

    @property
    def conflicts(self) -> Sequence[LabelConflict]:
        """Return the answers in the file that contradict each other."""
        return conflicts(label_lines(self.lines))

    def following(self, left_out: Collection[str]) -> RowToLabel | None:
        """Return the first row that is not labelled; None where none is left.

        Args:
            left_out: Ids of rows that were put back.
        """
        return next((row for row in self.plan.rows if row.row not in self.rows and row.row not in left_out), None)


def labels_of(shop: Shop, dataset: str) -> Labels:
    """Return the labels of a dataset.

    Raises:
        UsageError: The file of labels cannot be read.
    """
    personal = frozenset(column.name for column in shop.schema(dataset).columns if column.personal)
    lines = without_columns(read_label_file(label_path(shop.config, dataset)), personal)
    plan = shop.store.label_plans.of(dataset)
    waiting, undone = _waiting(cache.requests(shop), dataset)
    written = {answer.row for answer in answers_of(label_lines(lines))}
    return Labels(replace(plan, rows=[_without(row, personal) for row in plan.rows]), lines, frozenset((written - undone) | waiting))


def last_answer(shop: Shop, dataset: str, by: str, order: Sequence[str] = ()) -> Request | None:
    """Return the newest label of a person that is neither undone nor refused.

    Args:
        shop: The shop.
        dataset: Name of the dataset.
        by: Who labelled.
        order: Ids of the labels of this session, the newest last: they are newer than all others, and a fixed clock gives all of them one time.
    """
    requests = [request for request in cache.requests(shop) if request.dataset == dataset and request.state != "refused"]
    undone = {name for request in requests if request.kind == "undo_label" for name in request.rows}
    labels = {request.id: request for request in requests if request.kind == "label" and request.by == by and request.id not in undone}
    return next((labels[name] for name in (*reversed(order), *labels) if name in labels), None)


def without_columns(lines: pl.DataFrame, names: Collection[str]) -> pl.DataFrame:
    """Return lines of labels without what they say of some columns, which may have been declared personal since."""
    if not names:
        return lines
    left = lines.filter(~pl.col("column").is_in(list(names)).fill_null(value=False))
    values = [_value(column, value, names) for column, value in left.select("column", "value").iter_rows()]
    return left.with_columns(pl.Series("value", values, dtype=pl.String))


def _value(column: str | None, value: str | None, names: Collection[str]) -> str | None:
    cells = read_row_value(value) if column == WHOLE_ROW else None
    return value if cells is None else row_value(_dropped(cells, names))


def _waiting(requests: Sequence[Request], dataset: str) -> tuple[set[str], set[str]]:
    """Return the rows whose label waits to be written, and those whose label waits to be taken back."""
    unfinished = [request for request in requests if request.dataset == dataset and request.state in _UNFINISHED]
    undone = {name for request in unfinished if request.kind == "undo_label" for name in request.rows}
    labels = {request.id: request.rows[0] for request in requests if request.kind == "label" and request.dataset == dataset}
    waiting = {request.rows[0] for request in unfinished if request.kind == "label" and request.id not in undone}
    return waiting, {labels[name] for name in undone if name in labels}


def _without(row: RowToLabel, personal: Collection[str]) -> RowToLabel:
    if not personal:
        return row
    suspects = {name: suspect for name, suspect in row.suspects.items() if name not in personal and not set(suspect.group.where) & set(personal)}
    return replace(row, cells=_dropped(row.cells, personal), suspects=suspects, near=[_dropped(other, personal) for other in row.near])


def _dropped(cells: Mapping[str, str], names: Collection[str]) -> dict[str, str]:
    return {name: text for name, text in cells.items() if name not in names}
