"""Read the published columns that a cleaner compares a batch with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from sluice.ports import Snapshot


def read_published(snapshot: Snapshot, dataset: str, columns: Sequence[str], *, time: str | None = None, since: datetime | None = None) -> pl.DataFrame | None:
    """Read some columns of the published rows of a dataset; None where nothing is published or a column is missing.

    Args:
        snapshot: Snapshot to read from.
        dataset: Dataset to read.
        columns: Columns to read.
        time: Column that `since` refers to.
        since: Earliest time of the rows to read.
    """
    rows = scan_published(snapshot, dataset, columns, time=time, since=since)
    return None if rows is None else rows.collect()


def scan_published(snapshot: Snapshot, dataset: str, columns: Sequence[str], *, time: str | None = None, since: datetime | None = None) -> pl.LazyFrame | None:
    """Select what `read_published` reads, unread."""
    rows = snapshot.published(dataset)
    if not set(columns) <= set(rows.collect_schema().names()):
        return None
    if time is not None and since is not None:
        rows = rows.filter(pl.col(time) >= since)
    return rows.select(list(dict.fromkeys(columns)))
