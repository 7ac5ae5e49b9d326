"""Find the published row whose key a held row has."""

from __future__ import annotations

import polars as pl

from sluice.domain import REASONS, ROW
from sluice.rules.conflicts import conflicting_row
from sluice.store.snapshot import SqlSnapshot


def published_rival(snapshot: SqlSnapshot, dataset: str, held: pl.DataFrame) -> pl.DataFrame | None:
    """Return the published row with the key of a held row; None where it is held for no conflict, or no such row is published.

    The row that was published when the other was held may be superseded since: the one in its place is returned.

    Args:
        snapshot: What is published.
        dataset: Name of the dataset.
        held: The held row with its `_reasons`, a frame of one row.
    """
    row, passed = conflicting_row(held[REASONS].to_list()[0]), {held[ROW].item()}
    while row is not None and row not in passed:
        published = snapshot.published_row(dataset, row)
        if not published.is_empty():
            return published
        passed.add(row)
        repeat = snapshot.repeat_of(dataset, row)
        row = str(repeat.params["other"]) if repeat and "other" in repeat.params else None
    return None
