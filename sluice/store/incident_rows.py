"""Read the records of incidents."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, select

from sluice.domain import Incident, Message, Run
from sluice.store.tables import INCIDENTS


def failing_in(connection: Connection, run: Run) -> list[Incident]:
    """Return the incidents that a run opened or kept open."""
    chosen = (INCIDENTS.c.dataset == run.dataset, INCIDENTS.c.state != "resolved", INCIDENTS.c.last_seen == run.at, INCIDENTS.c.passes_since == "")
    return [to_incident(row) for row in connection.execute(select(INCIDENTS).where(*chosen).order_by(INCIDENTS.c.id))]


def incidents_of(connection: Connection, numbers: Collection[int]) -> list[Incident]:
    """Return the incidents of some numbers."""
    query = select(INCIDENTS).where(INCIDENTS.c.id.in_(list(numbers))).order_by(INCIDENTS.c.id)
    return [to_incident(row) for row in connection.execute(query)] if numbers else []


def to_incident(row: Row[Any] | None) -> Incident:
    """Return the record of an incident."""
    assert row is not None  # noqa: S101  # incidents are never deleted
    return Incident(
        row.id,
        row.dataset,
        row.rule,
        row.severity,
        Message.loads(row.message),
        row.first_seen,
        row.last_seen,
        row.times,
        row.state,
        bool(row.passes_since),
        row.owner,
        row.muted_until,
        row.cause or None,
    )
