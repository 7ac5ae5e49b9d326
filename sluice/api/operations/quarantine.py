"""Answer which rows are held, and why, a page at a time; personal columns are masked unless the role may see them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import polars as pl
from pydantic import Field

from sluice.api.answers import Answer, MessageAnswer
from sluice.api.errors import not_there
from sluice.api.operation import Call, Operation, require_dataset
from sluice.api.parameters import DatasetName, Identifier, Number, Parameters, Size, Text
from sluice.domain import RAW, REASONS, ROW, RUN, Schema, Severity
from sluice.messages import reason_message
from sluice.rules.conflicts import stored_cells
from sluice.rules.masking import mask_rows, unmasked
from sluice.rules.people import sees_personal
from sluice.store import SqlStore
from sluice.store.dashboard_queries import QuarantineFilter, RowState, count_rows, quarantine_page


class RowsQuery(Parameters):
    """Choose rows of the quarantine."""

    dataset: DatasetName
    state: RowState = "held"
    rule: Text | None = Field(None, description="only rows that this rule holds, among other rules or alone")
    batch: Text | None = Field(None, description="only rows that this run or file held")
    column: Identifier | None = Field(None, description="only rows for which this column is to blame")
    page: Number = Field(1, description="number of the page, counted from 1")
    size: Size = 50


class ReasonAnswer(Answer):
    """Say why a row is held."""

    rule: str
    severity: Severity | None
    columns: list[str] = Field(description="columns to blame")
    message: MessageAnswer | None


class RowAnswer(Answer):
    """Describe a row."""

    row: str
    run: str = Field(description="run that held it")
    cells: dict[str, Any] = Field(description="value of each declared column; the text of the file where that could not be cast")
    unread: list[str] = Field(description="columns whose text could not be cast")
    reasons: list[ReasonAnswer]


class RowsAnswer(Answer):
    """List rows of the quarantine, those of the newest batch first."""

    rows: int = Field(description="number of rows on all pages")
    page: int
    pages: int
    items: list[RowAnswer]


def _list_rows(call: Call, query: RowsQuery) -> object:
    app, dataset = call.app, require_dataset(call, query.dataset)
    schema = app.config.datasets[dataset].schema_of(dataset)
    if query.column is not None and query.column not in schema.names:
        raise not_there(f"column {query.column} in {dataset}", "column", "getDataset", how="names the columns")
    runs = _runs(app.store, dataset, query.batch) if query.batch else None
    selection = QuarantineFilter(dataset, query.state, query.rule, column=query.column, runs=runs)
    rows = count_rows(app.store, selection)
    page = mask_rows(quarantine_page(app.store, selection, query.page, query.size), _seen_by(call, schema))
    items = [_describe(row, schema) for row in page.iter_slices(1)]
    return {"rows": rows, "page": query.page, "pages": math.ceil(rows / query.size), "items": items}


def _seen_by(call: Call, schema: Schema) -> Schema:
    """Return the schema as it is masked for who asks."""
    return unmasked(schema) if not call.masked and sees_personal(call.app.config.roles, call.person, schema.dataset) else schema


def _runs(store: SqlStore, dataset: str, batch: str) -> tuple[str, ...]:
    """Return the ids of the runs of a batch, named by a run or a file."""
    run = store.runs.get(batch)
    runs = (batch,) if run is not None and run.dataset == dataset else tuple(store.runs.of_file(dataset, batch))
    if not runs:
        raise not_there(f"run or file {batch} of {dataset}", "batch", "listRuns")
    return runs


def _describe(frame: pl.DataFrame, schema: Schema) -> dict[str, object]:
    """Describe a row, a frame of one row."""
    row, cells = frame.row(0, named=True), stored_cells(frame, schema.names)
    reasons = [
        {"rule": reason["name"], "severity": reason["severity"], "columns": list(reason["columns"] or ()), "message": reason_message(reason)}
        for reason in row[REASONS] or ()
    ]
    unread = [cell["column"] for cell in row.get(RAW) or () if cell["column"] in cells]
    return {"row": row[ROW], "run": row[RUN], "cells": {name: _plain(cell) for name, cell in cells.items()}, "unread": unread, "reasons": reasons}


def _plain(cell: object) -> object:
    """Return a cell as JSON has it: a number that is none, or infinite, as text; a time as ISO 8601 writes it."""
    if isinstance(cell, float) and not math.isfinite(cell):
        return str(cell)
    if isinstance(cell, Mapping):
        return {str(name): _plain(part) for name, part in cell.items()}
    return [_plain(part) for part in cell] if isinstance(cell, list | tuple) else cell


OPERATIONS = (
    Operation("listQuarantine", "GET", "/v1/datasets/{dataset}/quarantine", "List held rows with their cells and reasons.", RowsQuery, RowsAnswer, _list_rows),
)
