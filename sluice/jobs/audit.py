"""Judges what is already published; changes no data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sluice.domain import Run, Staged
from sluice.ports import Store

Audited = Callable[[str, str, str, datetime], Staged]


def audit(dataset: str, store: Store, audited: Audited, *, batch_id: str, now: datetime) -> Run:
    """Judge a dataset's published rows of the training window, and whether every expected batch came.

    Args:
        dataset: Which one.
        store: Where its rows are.
        audited: Judges and stages the record, in the child process.
        batch_id: Names the run.
        now: The time of the run.
    """
    with store.lease(dataset) as lease:
        return store.publish(lease, audited(dataset, batch_id, store.snapshot().id, now))
