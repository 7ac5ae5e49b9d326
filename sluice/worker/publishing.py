"""Publish staged outcomes in the worker process, so that its parent holds no rows."""

from __future__ import annotations

from collections.abc import Sequence

from sluice import jobs
from sluice.domain import ReferenceRule, Run, Staged
from sluice.ports import Lease
from sluice.store.lake_errors import missing_files
from sluice.worker.batch_errors import batch_errors
from sluice.worker.session import open_session


def publish(path: str, lease: Lease, staged: Staged) -> Run:
    """Publish a staged outcome exactly once, under a lease that the parent holds.

    Raises:
        Fenced: Another worker took the lease over.
        StoreError: Database or lake refuse, or the staged files are damaged.
        BatchFailed: Anything else fails.
    """
    store = open_session(path)[1]
    with batch_errors(staged.batch_id, store.schemas[staged.dataset].names), missing_files(store.lake.root):
        return store.publisher.publish(lease, staged)


def preview(path: str, staged: Staged) -> Run:
    """Return the run that a staged release would become, and drop the stage; see `Publisher.preview`."""
    store = open_session(path)[1]
    with batch_errors(staged.batch_id, store.schemas[staged.dataset].names), missing_files(store.lake.root):
        return store.publisher.preview(staged)


def recover(path: str, lease: Lease) -> list[Run]:
    """Finish a dataset's intents from their staged files."""
    return open_session(path)[1].publisher.recover(lease)


def rows_with_reference(path: str, dataset: str, references: Sequence[ReferenceRule], snapshot_id: str) -> tuple[str, ...]:
    """List the held rows whose missing reference is published now; see `jobs.rows_with_reference`."""
    store = open_session(path)[1]
    return jobs.rows_with_reference(dataset, references, store.quarantine, store.snapshot(snapshot_id))
