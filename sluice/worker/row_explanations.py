"""Explain one row by every learned detector of its dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl
from polars import selectors as cs

from sluice.domain import ROW
from sluice.errors import ModelError, UsageError
from sluice.ports import Scorer, Snapshot
from sluice.wiring.steps import scorers_of
from sluice.worker.tasks import opened

MASK = "•••"
Facts = Mapping[str, object]


def explained(path: str, datasets: Sequence[str], row_id: str, snapshot_id: str) -> Facts:
    """What every learned detector of a row's dataset thinks of it; to be called in the child process.

    Returns:
        `dataset`, `row`, `where` (published or held), all its `cells` as text, and `detectors`: of each its name (`detector`), why it
        says nothing or None (`waits`), `p`, `blamed`, and `cells` (`column`, `observed` and `expected` as text, `surprise`), the loudest
        first. Personal cells are masked.

    Raises:
        UsageError: There is no such row.
    """
    config, store = opened(path)
    snapshot = store.snapshot(snapshot_id)
    dataset, where, row = _found(snapshot, datasets, row_id)
    schema = config.datasets[dataset].schema_of(dataset)
    personal = {column.name for column in schema.columns if column.personal}
    observed = {name: MASK if name in personal and value is not None else value for name, value in _texts(row, schema.names).items()}
    told = [{"detector": name, **_opinion(scorer, row, snapshot, observed, personal)} for name, scorer in scorers_of(config, Path(path), dataset).items()]
    return {"dataset": dataset, "row": row_id, "where": where, "detectors": told, "cells": observed}


def _found(snapshot: Snapshot, datasets: Sequence[str], row_id: str) -> tuple[str, str, pl.DataFrame]:
    for dataset in datasets:
        for where, rows in (("published", snapshot.published(dataset)), ("held", snapshot.quarantine(dataset))):
            if ROW in rows.collect_schema() and (row := rows.filter(pl.col(ROW) == row_id).collect()).height:
                return dataset, where, row.tail(1)
    raise UsageError(
        f"there is no row {row_id} in {' or '.join(datasets)}; `sluice quarantine list DATASET` shows the ids of held rows, "
        "and every published row has its own in the column _row_id"
    )


def _texts(row: pl.DataFrame, names: Sequence[str]) -> dict[str, str | None]:
    declared = row.select(name for name in names if name in row.columns)
    return declared.with_columns(cs.datetime().dt.strftime("%Y-%m-%d %H:%M:%S")).cast(pl.String).row(0, named=True)


def _opinion(scorer: Scorer, row: pl.DataFrame, snapshot: Snapshot, observed: Mapping[str, str | None], personal: set[str]) -> Facts:
    try:
        scored, blamed = scorer.scored(row, snapshot), scorer.blamed(row, snapshot)
        cells = scorer.cells(row, snapshot).sort("surprise", "column", descending=[True, False], nulls_last=True)
    except ModelError as error:
        return {"waits": str(error), "p": None, "blamed": [], "cells": []}
    told = [
        {"column": column, "observed": observed.get(column), "expected": None if column in personal else expected, "surprise": surprise or 0.0}
        for column, surprise, expected in cells.select("column", "surprise", "expected").iter_rows()
    ]
    return {"waits": None, "p": scored.p[0], "blamed": list(blamed["columns"].to_list()[0] or ()), "cells": told}
