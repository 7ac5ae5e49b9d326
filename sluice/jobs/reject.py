"""Reject held rows for good."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from sluice.domain import ROW, Message, Request
from sluice.ports import QuarantineStore


class Rejections(Protocol):
    """Know what each request rejected."""

    def counts(self) -> Mapping[str, int]:
        """Return by request how many rows are rejected by it now."""
        ...


class RejectingStore(QuarantineStore, Protocol):
    """Keep rejections."""

    @property
    def rejections(self) -> Rejections:
        """Return what was rejected."""
        ...


def reject(request: Request, store: RejectingStore) -> tuple[bool, Message]:
    """Reject the held rows that a request names.

    Returns:
        Whether a row was rejected, and the answer to the request.
    """
    with store.lease(request.dataset) as lease:
        until = request.at if request.rule else None  # what was held since, nobody has seen
        rows = store.quarantine.held(request.dataset, rows=request.rows, rule=request.rule, until=until, columns=[])[ROW].to_list()
        earlier = store.rejections.counts().get(request.id, 0)  # by a worker that died before it answered
        if rows or not earlier:
            store.quarantine.reject(lease, request, rows)
    rejected = earlier + len(rows)
    return bool(rejected), Message.of("rows_rejected", rows=rejected) if rejected else Message.of("rows_not_held")
