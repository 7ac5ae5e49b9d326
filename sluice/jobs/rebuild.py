"""Rebuild a dataset whose declaration changed."""

from __future__ import annotations

from datetime import datetime

from sluice.domain import Run
from sluice.ports import Rebuilder, RebuildingStore


def rebuild(dataset: str, store: RebuildingStore, worker: Rebuilder, *, now: datetime) -> Run | None:
    """Cast and rename a dataset's stored rows to its declaration; return None where they fit it already.

    Args:
        dataset: Name of the dataset.
        store: Store of its rows.
        worker: Casts the rows and stages the new tables.
        now: Time of the run.
    """
    with store.lease(dataset) as lease:  # finishes a rebuild that was interrupted
        if not store.layout_changes(dataset):
            return None
        basis = store.snapshot().id
        return store.publish(lease, worker.rebuild(dataset, f"rebuild-{dataset}-{basis}", basis, now))
