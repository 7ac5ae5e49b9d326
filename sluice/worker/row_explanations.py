"""Explain one row by every learned detector of its dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl
from polars import selectors as cs

from sluice.domain import MASK, ROW, Schema
from sluice.errors import ModelError, UsageError
from sluice.messages import error_message, make_error
from sluice.ports import Scorer, Snapshot
from sluice.rules.conflicts import compare_cells
from sluice.store.conflicts import published_rival
from sluice.store.snapshot import SqlSnapshot
from sluice.worker.session import open_session, steps_of

Facts = Mapping[str, object]


def explain_row(path: str, datasets: Sequence[str], row_id: str, snapshot_id: str) -> Facts:
    """Explain a row by every learned detector of its dataset.

    Returns:
        `dataset`, `row`, `where` (published or held), all its `cells` as text, and `detectors`: for each its name (`detector`), why it
        has no opinion or None (`waits`), `p`, `blamed`, and `cells` (`column`, `observed` and `expected` as text, `surprise`), the top
        contributors first. Of a held row whose key a published row has, `conflict`: the published `row`, and the `cells` that differ (`column`,
        `held` and `published` as text); else None. Personal cells are masked.

    Raises:
        UsageError: There is no such row, or it repeats another one, which the text names.
    """
    config, store = open_session(path)
    snapshot = store.snapshot(snapshot_id)
    for dataset in datasets:
        if repeats := snapshot.repeat_of(dataset, row_id):
            raise make_error(UsageError, repeats)
    dataset, where, row = _find_row(snapshot, datasets, row_id)
    schema = config.datasets[dataset].schema_of(dataset)
    personal = {column.name for column in schema.columns if column.personal}
    observed = {name: MASK if name in personal and value is not None else value for name, value in _cells_as_text(row, schema.names).items()}
    scorers = steps_of(path, dataset).scorers
    opinions = [{"detector": name, **_explain(scorer, row, snapshot, observed, personal)} for name, scorer in scorers.items()]
    conflict = _conflict(snapshot, row, schema) if where == "held" else None
    return {"dataset": dataset, "row": row_id, "where": where, "detectors": opinions, "cells": observed, "conflict": conflict}


def _conflict(snapshot: SqlSnapshot, held: pl.DataFrame, schema: Schema) -> Facts | None:
    rival = published_rival(snapshot, schema.dataset, held)
    if rival is None:
        return None
    different = (cell for cell in compare_cells(held, rival, schema) if cell.differs)
    return {"row": rival[ROW].item(), "cells": [{"column": cell.column, "held": _text(cell.held), "published": _text(cell.published)} for cell in different]}


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _find_row(snapshot: Snapshot, datasets: Sequence[str], row_id: str) -> tuple[str, str, pl.DataFrame]:
    for dataset in datasets:
        for where, rows in (("published", snapshot.published(dataset)), ("held", snapshot.quarantine(dataset))):
            if ROW in rows.collect_schema() and (row := rows.filter(pl.col(ROW) == row_id).collect()).height:
                return dataset, where, row.tail(1)
    raise make_error(UsageError, "no_such_row", row=row_id, datasets=tuple(datasets))


def _cells_as_text(row: pl.DataFrame, names: Sequence[str]) -> dict[str, str | None]:
    declared = row.select(name for name in names if name in row.columns)
    return declared.with_columns(cs.datetime().dt.strftime("%Y-%m-%d %H:%M:%S")).cast(pl.String).row(0, named=True)


def _explain(scorer: Scorer, row: pl.DataFrame, snapshot: Snapshot, observed: Mapping[str, str | None], personal: set[str]) -> Facts:
    try:
        scored, blamed = scorer.p_values(row, snapshot), scorer.blame(row, snapshot)
        cells = scorer.contributions(row, snapshot).sort("surprise", "column", descending=[True, False], nulls_last=True)
    except ModelError as error:
        return {"waits": error_message(error), "p": None, "blamed": [], "cells": []}
    contributions = [
        {"column": column, "observed": observed.get(column), "expected": None if column in personal else expected, "surprise": surprise or 0.0}
        for column, surprise, expected in cells.select("column", "surprise", "expected").iter_rows()
    ]
    return {"waits": None, "p": scored.values[0], "blamed": list(blamed["columns"].to_list()[0] or ()), "cells": contributions}
