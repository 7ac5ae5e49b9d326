"""Reject held rows for good."""

from __future__ import annotations

from sluice.domain import ROW, Message, Request
from sluice.ports import QuarantineStore


def reject(request: Request, store: QuarantineStore) -> tuple[bool, Message]:
    """Reject the held rows that a request names.

    Returns:
        Whether a row was rejected, and the answer to the request.
    """
    with store.lease(request.dataset) as lease:
        rows = store.quarantine.held(request.dataset, rows=request.rows, rule=request.rule)[ROW].to_list()
        store.quarantine.reject(lease, request, rows)
    return bool(rows), Message.of("rows_rejected", rows=len(rows)) if rows else Message.of("rows_not_held")
