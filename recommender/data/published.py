"""Reading what was published, of datasets whose columns the configuration names."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from sluice.domain import RUN
from sluice.errors import ModelError
from sluice.ports import Snapshot


def has_columns(rows: pl.LazyFrame, dataset: str, columns: Sequence[str], part: str = "recommender") -> bool:
    """False where nothing is published yet.

    Args:
        rows: The published rows.
        dataset: Their dataset.
        columns: What they must have.
        part: Of sluice.yaml, which names the columns.

    Raises:
        ModelError: There are rows, and they lack a column.
    """
    names = rows.collect_schema().names()
    lacking = [name for name in columns if name not in names]
    if names and lacking:
        raise ModelError(f"the published rows of {dataset} have no column {', '.join(lacking)}, which `{part}` in sluice.yaml names")
    return bool(names)


def keep_trusted_runs(rows: pl.LazyFrame, snapshot: Snapshot, dataset: str, runs: Sequence[str] | None) -> pl.LazyFrame:
    """The rows of the named runs, and of every other run that was open: what is in a catalog may be older than the training window.

    Args:
        rows: The published rows of the dataset.
        snapshot: Tells its runs.
        dataset: Its name.
        runs: The runs that are trusted whatever their own decision was; None trusts every run.
    """
    if runs is None:
        return rows
    shut = [run.id for run in snapshot.runs(dataset) if run.decision != "open" and run.id not in runs]
    return rows.filter(~pl.col(RUN).is_in(shut))
