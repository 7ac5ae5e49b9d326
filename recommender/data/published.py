"""Read published rows of datasets whose columns the configuration names."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from sluice.domain import RUN
from sluice.errors import ModelError
from sluice.messages import make_error
from sluice.ports import Snapshot


def has_columns(rows: pl.LazyFrame, dataset: str, columns: Sequence[str], section: str = "recommender") -> bool:
    """Check that published rows have the configured columns.

    Args:
        rows: Published rows.
        dataset: Name of their dataset.
        columns: Required columns.
        section: Section of sluice.yaml that names the columns.

    Returns:
        False where nothing is published yet.

    Raises:
        ModelError: There are rows, and they lack a column.
    """
    names = rows.collect_schema().names()
    missing = [name for name in columns if name not in names]
    if names and missing:
        raise make_error(ModelError, "published_rows_lack_column", dataset=dataset, column=tuple(missing), key=section)
    return bool(names)


def keep_trusted_runs(rows: pl.LazyFrame, snapshot: Snapshot, dataset: str, runs: Sequence[str] | None) -> pl.LazyFrame:
    """Keep the rows of some runs, and of every other run that was open: rows of a catalog may be older than the training window.

    Args:
        rows: Published rows of the dataset.
        snapshot: Snapshot that holds the dataset's runs.
        dataset: Name of the dataset.
        runs: Runs that are trusted whatever their own decision was; None trusts every run.
    """
    if runs is None:
        return rows
    closed = [run.id for run in snapshot.runs(dataset) if run.decision != "open" and run.id not in runs]
    return rows.filter(~pl.col(RUN).is_in(closed))
