"""Publish what arrived."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sluice.domain import Arrival, Run
from sluice.errors import OutOfMemory, SourceError
from sluice.messages import error_message
from sluice.ports import ArrivalEvaluator, IngestStore


def ingest(dataset: str, arrivals: Iterable[Arrival], store: IngestStore, worker: ArrivalEvaluator, *, retry_failed: bool = False) -> Iterator[Run]:
    """Publish every new arrival of one dataset, one at a time and in order; yield each run once it is published.

    Args:
        dataset: Name of the dataset; one writer at a time holds its lease.
        arrivals: Arrivals, the oldest first; known ones are skipped.
        store: Where they are published.
        worker: Reads, evaluates and stages an arrival.
        retry_failed: Read arrivals again that could not be read before.

    Raises:
        LeaseHeld: Another worker holds the lease.
    """
    with store.lease(dataset) as lease:  # its fencing token guards the publish
        store.recover()
        for arrival in arrivals:
            if store.is_known(arrival, retry_failed=retry_failed):
                continue
            try:
                staged = worker.evaluate_arrival(arrival, store.snapshot().id)
            except (SourceError, OutOfMemory) as error:
                yield store.record_failure(lease, arrival, error_message(error))
            else:
                yield store.publish(lease, staged)
