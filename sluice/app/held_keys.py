"""Say which published keys a snapshot lost because their rows are held."""

from __future__ import annotations

from sluice.domain import Message
from sluice.store import SqlStore
from sluice.store.held_keys import missing_keys


def describe_missing_keys(store: SqlStore, dataset: str) -> Message | None:
    """Return how many published keys are gone since their rows are held; None where none is.

    Args:
        store: The store.
        dataset: Name of a dataset.
    """
    rows = missing_keys(store, dataset)
    return Message.of("published_keys_held", keys=len(rows), dataset=dataset, row=rows[0]) if rows else None
