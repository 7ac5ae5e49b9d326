"""Publishes what arrived."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from sluice.domain import Arrival, Message, Run, Staged
from sluice.errors import OutOfMemory, SourceError
from sluice.ports import Store

Evaluated = Callable[[Arrival, str], Staged]


def ingest(dataset: str, arrivals: Iterable[Arrival], store: Store, evaluated: Evaluated, *, again: bool = False) -> Iterator[Run]:
    """Publish every new arrival of one dataset, one at a time and in order; yields each run once it is published.

    Args:
        dataset: Its name; one writer at a time holds its lease.
        arrivals: What is there, the oldest first; known ones are passed over.
        store: Where it is published.
        evaluated: Reads, evaluates and stages an arrival against the snapshot of that id, in the child process.
        again: Read once more what was set aside.

    Raises:
        LeaseHeld: Another worker is at it.
    """
    with store.lease(dataset) as lease:  # its epoch fences the publish
        store.recover()
        for arrival in arrivals:
            if store.is_known(arrival, again=again):
                continue
            try:
                staged = evaluated(arrival, store.snapshot().id)
            except (SourceError, OutOfMemory) as error:
                yield store.record_failure(lease, arrival, Message.text(str(error)))
            else:
                yield store.publish(lease, staged)
