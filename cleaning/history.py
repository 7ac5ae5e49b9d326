"""What cleaners ask of the past: a few columns of what was published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from sluice.ports import Snapshot


def published(snapshot: Snapshot, dataset: str, columns: Sequence[str], *, time: str | None = None, since: datetime | None = None) -> pl.DataFrame | None:
    """The published rows of a dataset in these columns alone; None where nothing is published, or a column is not there.

    Args:
        snapshot: The snapshot.
        dataset: Whose rows.
        columns: What is read.
        time: The column that `since` speaks of.
        since: Rows before it are not read.
    """
    rows = snapshot.published(dataset)
    if not set(columns) <= set(rows.collect_schema().names()):
        return None
    if time is not None and since is not None:
        rows = rows.filter(pl.col(time) >= since)
    return rows.select(list(dict.fromkeys(columns))).collect()
