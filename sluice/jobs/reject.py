"""Rows that a steward gives up for good."""

from __future__ import annotations

from sluice.domain import ROW, Request, counted
from sluice.ports import Store


def reject(request: Request, store: Store) -> int:
    """Carry out a request to reject held rows; how many they were."""
    with store.lease(request.dataset) as lease:
        rows = store.quarantine.held(request.dataset, rows=request.rows, rule=request.rule)[ROW].to_list()
        store.quarantine.reject(lease, request, rows)
    store.requests.finish(request, done=bool(rows), answer=f"{counted(len(rows), 'row')} rejected" if rows else "no such row is held")
    return len(rows)
