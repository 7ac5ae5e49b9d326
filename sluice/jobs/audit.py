"""Judge what is already published; change no data."""

from __future__ import annotations

from datetime import datetime

from sluice.domain import Run
from sluice.ports import Auditor, PublishingStore


def audit(dataset: str, store: PublishingStore, worker: Auditor, *, batch_id: str, now: datetime) -> Run:
    """Judge a dataset's published rows of the training window, and whether every expected batch arrived.

    Args:
        dataset: Name of the dataset.
        store: Store of its rows.
        worker: Judges and stages the record.
        batch_id: Id of the run.
        now: Time of the run.
    """
    with store.lease(dataset) as lease:
        return store.publish(lease, worker.audit(dataset, batch_id, store.snapshot().id, now))
