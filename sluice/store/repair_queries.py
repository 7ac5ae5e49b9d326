"""Read the repairs that a person selects."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from sluice.domain import ROW, RepairSelection
from sluice.rules.repairs import selecting
from sluice.store.store import SqlStore


def selected_repairs(store: SqlStore, dataset: str, selection: RepairSelection) -> pl.DataFrame:
    """Return the applied repairs of a selection that were not undone, in the order of their runs (schema REPAIRS and `_run_id`).

    Args:
        store: The records and rows.
        dataset: Name of the dataset.
        selection: What is selected.
    """
    runs = store.runs.of(dataset) if selection.day else ()
    personal = [column.name for column in store.schemas[dataset].columns if column.personal]
    return store.quarantine.repairs(dataset, matching=selecting(selection, runs, personal))


@dataclass(frozen=True, slots=True)
class RepairCounts:
    """Count what is selected.

    Attributes:
        repairs: Repairs.
        cells: Cells that they changed.
        rows: Rows of these cells.
    """

    repairs: int
    cells: int
    rows: int


def count_repairs(repairs: pl.DataFrame) -> RepairCounts:
    """Count repairs, and the cells and rows that they changed.

    Args:
        repairs: Repairs of schema REPAIRS.
    """
    return RepairCounts(repairs.height, repairs.select(ROW, "column").n_unique(), repairs[ROW].n_unique())


def repaired_by(store: SqlStore, dataset: str) -> pl.DataFrame:
    """Return which cleaners repaired which columns, and how many cells: `cleaner`, `column`, `repairs`, the most first; what was undone is left out.

    Args:
        store: The records and rows.
        dataset: Name of the dataset.
    """
    by = ["cleaner", "column"]
    return store.quarantine.repairs(dataset).group_by(by).agg(pl.len().alias("repairs")).sort("repairs", *by, descending=[True, False, False])
