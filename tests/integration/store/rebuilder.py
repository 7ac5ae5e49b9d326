"""Rebuilds a dataset, in a process that may be killed.

The published prices become whole numbers under another name; those with decimals are held.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sluice import jobs
from sluice.domain import Column, Schema, Staged
from sluice.store import SqlStore, open_store
from sluice.worker.rebuilding import rebuilt

NOW = datetime(2026, 3, 15, tzinfo=UTC)
SCHEMA = Schema("events", "append", ("id",), (Column("id"), Column("unit_price", "integer", was="price")))


def open_shop(url: str, lake: str) -> SqlStore:
    """Return the store under the new declaration."""
    return open_store(url, lake, schemas={"events": SCHEMA}, policies={}, clock=lambda: NOW)


class Here:
    """Rebuild in this process."""

    def __init__(self, store: SqlStore) -> None:
        """Keep the store."""
        self._store = store

    def rebuild(self, dataset: str, batch_id: str, snapshot_id: str, at: datetime) -> Staged:
        """Cast the stored rows, and stage the outcome."""
        return self._store.stage(rebuilt(SCHEMA, self._store.layout_changes(dataset), self._store.snapshot(snapshot_id), batch_id, at))


def work(url: str, lake: str) -> None:
    """Rebuild the dataset."""
    store = open_shop(url, lake)
    jobs.rebuild("events", store, Here(store), now=NOW)
