"""Read labels from a dataset of labels, one row a corrected cell, beside the rows that they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from cleaning.cell_errors.labels import LabelledRow, consistent
from cleaning.cell_errors.table import Table
from cleaning.cells import as_arrived
from cleaning.history import read_published, scan_published
from sluice.domain import ANSWER, LABEL_COLUMNS, RAW, RAW_TYPE, ROW, WHOLE_ROW, read_row_value
from sluice.ports import Snapshot
from sluice.rules.labels import answers_of, label_lines

SAMPLE_ROWS = 20_000


@dataclass(frozen=True, eq=False)
class LabelledTable:
    """Hold published rows as they arrived, and the labels of some.

    Attributes:
        ids: Id of each row.
        table: The rows.
        labels: Labels of rows that are there.
    """

    ids: Sequence[str]
    table: Table
    labels: Sequence[LabelledRow]


def read_rows(snapshot: Snapshot, dataset: str, columns: Sequence[str], first_ids: Sequence[str]) -> tuple[list[str], Table]:
    """Return the ids and cells of published rows as they arrived: those that are wanted, then a sample of the others by the hash of their ids.

    Args:
        snapshot: What is published.
        dataset: Name of the dataset.
        columns: Columns to read; those that are not published are empty.
        first_ids: Ids of rows that are read in any case.
    """
    held = snapshot.published(dataset).collect_schema().names()
    names = [name for name in columns if name in held]
    ids = _sample(snapshot, dataset, first_ids)
    if ids is None:
        return [], Table(tuple(columns), ((),) * len(columns))
    rows = (
        ids.lazy().join(snapshot.published(dataset).select(ROW, *names, *([RAW] if RAW in held else [])), on=ROW, how="left", maintain_order="left").collect()
    )
    unread = rows if RAW in held else rows.with_columns(pl.lit(None, dtype=RAW_TYPE).alias(RAW))
    repairs = snapshot.repairs(dataset)
    has_repairs = "applied" in repairs.collect_schema().names()
    applied = repairs.filter("applied").join(ids.lazy(), on=ROW, how="semi", maintain_order="left").collect() if has_repairs else None
    texts = as_arrived(unread, applied, names)
    return ids[ROW].to_list(), Table.of(texts.select(pl.col(name) if name in names else pl.lit("").alias(name) for name in columns))


def read_labels(snapshot: Snapshot, labels: str) -> pl.DataFrame:
    """Return the published labels: `row`, `column`, `value`, and `answer` where that is declared; no row where nothing is published."""
    read = read_published(snapshot, labels, (*LABEL_COLUMNS, ANSWER))
    read = read_published(snapshot, labels, LABEL_COLUMNS) if read is None else read
    empty = pl.DataFrame(schema=dict.fromkeys(LABEL_COLUMNS, pl.String))
    return empty if read is None else read.select(pl.all().cast(pl.String)).drop_nulls(["row", "column"])


def with_former_rows(ids: Sequence[str], table: Table, labels: pl.DataFrame) -> tuple[list[str], Table]:
    """Return rows with those behind them that have labels with their cells, and are published no longer.

    Args:
        ids: Id of each row.
        table: The rows.
        labels: Lines of `row`, `column` and `value`.
    """
    present, cells = set(ids), dict[str, Mapping[str, str]]()
    for row, value in labels.filter(pl.col("column") == WHOLE_ROW).select("row", "value").iter_rows():
        if row not in present and (read := read_row_value(value)) is not None and set(table.names) <= set(read):
            cells[row] = read
    columns = tuple((*column, *(one[name] for one in cells.values())) for name, column in zip(table.names, table.columns, strict=True))
    return [*ids, *cells], Table(table.names, columns)


def labelled_rows(ids: Sequence[str], table: Table, labels: pl.DataFrame) -> list[LabelledRow]:
    """Return the labels of the rows that are there, one for each answer; of an answer the last line of a cell holds.

    Args:
        ids: Id of each row of the table.
        table: The rows.
        labels: Lines of `row`, `column`, `value` and perhaps `answer`.
    """
    places = {row: place for place, row in enumerate(ids)}
    present = [(places[answer.row], answer.corrected) for answer in answers_of(label_lines(labels)) if answer.row in places]
    labelled = [LabelledRow(place, _right_cells(table, place, corrected)) for place, corrected in present]
    return sorted(labelled, key=lambda label: label.row)


def read_labelled(snapshot: Snapshot, dataset: str, columns: Sequence[str], labels: str) -> LabelledTable:
    """Return published rows and their labels, but for equal rows, or one row, with different labels: nothing is learned from them.

    Args:
        snapshot: What is published.
        dataset: Dataset of the rows.
        columns: Columns to read.
        labels: Dataset of the labels.
    """
    lines = read_labels(snapshot, labels)
    ids, table = with_former_rows(*read_rows(snapshot, dataset, columns, lines["row"].unique().to_list()), lines)
    return LabelledTable(ids, table, consistent(table, labelled_rows(ids, table, lines)))


def _right_cells(table: Table, row: int, corrected: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(corrected.get(name, table.cell(row, place)) for place, name in enumerate(table.names))


def _sample(snapshot: Snapshot, dataset: str, first_ids: Sequence[str]) -> pl.DataFrame | None:
    """Return the ids of the rows to read; None where nothing is published.

    Of a large table the ids with a small hash alone are held and sorted, which are the first ones of all: about half more than are read.
    """
    ids = scan_published(snapshot, dataset, [ROW])
    if ids is None:
        return None
    first, hashed, size = pl.col(ROW).is_in(list(first_ids)), pl.col(ROW).hash(0), max(SAMPLE_ROWS, len(first_ids))
    total = int(ids.select(pl.len()).collect().item())
    share = 1.5 * size / total if total else 1.0
    chosen = ids.filter(first | (hashed < int(share * 2**64))).collect(engine="streaming") if share < 1 else ids.collect()
    if chosen.height < min(size, total):  # hashes that are so uneven are next to impossible
        chosen = ids.collect()
    return chosen.sort(first, hashed, pl.col(ROW), descending=[True, False, False]).head(size)
