"""Publish what arrived."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator

from sluice.domain import Arrival, Run
from sluice.errors import BATCH_ERRORS, Outdated
from sluice.messages import error_message
from sluice.ports import ArrivalEvaluator, IngestStore, Lease

_LOG = logging.getLogger(__name__)


def ingest(dataset: str, arrivals: Iterable[Arrival], store: IngestStore, worker: ArrivalEvaluator, *, retry_failed: bool = False) -> Iterator[Run]:
    """Publish every new arrival of one dataset, one at a time and in order; yield each run once it is published.

    Rows of a table that another machine has published meanwhile are left out.
    An arrival that cannot be read, or on which a step fails, is set aside: its run fails with the reason, and the others go on.

    Args:
        dataset: Name of the dataset; one writer at a time holds its lease.
        arrivals: Arrivals, the oldest first; known ones are skipped.
        store: Where they are published.
        worker: Reads, evaluates and stages an arrival.
        retry_failed: Read arrivals again that were set aside before.

    Raises:
        LeaseHeld: Another worker holds the lease.
        Cancelled: A person cancels the job; nothing of the arrival that is read then is published.
    """
    with store.lease(dataset) as lease:  # its fencing token guards the publish
        store.recover()
        for arrival in arrivals:
            if store.is_known(arrival, retry_failed=retry_failed):
                continue
            try:
                run = _publish(lease, arrival, store, worker)
            except Outdated as error:  # the source reads its rows anew
                _LOG.info("%s", error)
                continue
            yield run


def _publish(lease: Lease, arrival: Arrival, store: IngestStore, worker: ArrivalEvaluator) -> Run:
    """Publish an arrival, or record why it is set aside."""
    try:
        return store.publish(lease, worker.evaluate_arrival(arrival, store.snapshot().id))
    except BATCH_ERRORS as error:
        _LOG.debug("%s: %s\n%s", arrival.dataset, error, getattr(error, "trace", ""))
        return store.record_failure(lease, arrival, error_message(error))
