"""Read the repairs that a person selects."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from sluice.domain import ROW, RUN, STEWARD, RepairSelection
from sluice.rules.repairs import selecting
from sluice.rules.undone import UndoneCount
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


def of_published_rows(store: SqlStore, dataset: str, repairs: pl.DataFrame) -> pl.DataFrame:
    """Return those repairs whose rows are published, which alone can be undone; the published rows themselves are not read.

    Args:
        store: The records and rows.
        dataset: Name of the dataset.
        repairs: Repairs of schema REPAIRS.
    """
    held = store.quarantine_index.of(dataset, "held").select(ROW)
    rejected = store.quarantine.all_settled(dataset).filter(pl.col("state") == "rejected").select(ROW)
    repeats = store.snapshot().repeats(dataset).select(ROW)
    away = pl.concat([held.lazy(), rejected.lazy(), repeats])  # every row that arrived is in one of these states, or published
    return repairs.lazy().join(away, on=ROW, how="anti", maintain_order="left").collect()


@dataclass(frozen=True, slots=True)
class RepairCounts:
    """Count what is selected.

    Attributes:
        repairs: Repairs.
        cells: Cells that they changed.
        rows: Rows of these cells.
        elsewhere: Repairs of rows that are not published, which are counted here alone.
    """

    repairs: int
    cells: int
    rows: int
    elsewhere: int = 0


def count_repairs(repairs: pl.DataFrame, elsewhere: int = 0) -> RepairCounts:
    """Count repairs, and the cells and rows that they changed.

    Args:
        repairs: Repairs of schema REPAIRS.
        elsewhere: Number of repairs of rows that are not published.
    """
    return RepairCounts(repairs.height, repairs.select(ROW, "column").n_unique(), repairs[ROW].n_unique(), elsewhere)


def repaired_by(store: SqlStore, dataset: str) -> pl.DataFrame:
    """Return which cleaners repaired which columns, and how many cells: `cleaner`, `column`, `repairs`, the most first; what was undone is left out.

    Args:
        store: The records and rows.
        dataset: Name of the dataset.
    """
    by = ["cleaner", "column"]
    return store.quarantine.repairs(dataset).group_by(by).agg(pl.len().alias("repairs")).sort("repairs", *by, descending=[True, False, False])


def undone_counts(store: SqlStore, dataset: str, runs: Collection[str]) -> list[UndoneCount]:
    """Count the repairs of some runs by cleaner and column, and those that people undid, the most undone first.

    Only cleaners are listed of which a repair was undone; where none was, the lake is not read. The undo of a release is no verdict on a cleaner.

    Args:
        store: The records and rows.
        dataset: Name of the dataset.
        runs: Ids of the runs.
    """
    undoing = {run.id for run in store.runs.of(dataset) if run.kind == "undo" and run.state == "published"}
    undone = [repair for repair, (run, _) in store.quarantine.undone(dataset).items() if run in undoing] if undoing else []
    if not undone:
        return []
    repairs = store.snapshot().repairs(dataset).filter(pl.col("applied"), pl.col("cleaner") != STEWARD, pl.col(RUN).is_in(list(runs)))
    counts = repairs.group_by("cleaner", "column").agg(pl.len().alias("repairs"), pl.col("repair_id").is_in(undone).sum().alias("undone"))
    ordered = counts.filter(pl.col("undone") > 0).sort("undone", "cleaner", "column", descending=[True, False, False]).collect()
    return [UndoneCount(*row) for row in ordered.select("cleaner", "column", "repairs", "undone").iter_rows()]
