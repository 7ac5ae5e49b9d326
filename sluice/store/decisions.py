"""Keep the gate's decisions that were used, and its overrides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from sluice.domain import Alert, Decision, Message, Override, Routing
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.store.activity_log import log_act
from sluice.store.alert_records import record_alert
from sluice.store.database import Database
from sluice.store.tables import DECISIONS, OVERRIDES


class Decisions:
    """Record and read decisions and overrides."""

    def __init__(self, database: Database, routing: Routing | None = None) -> None:
        """Keep the database, and who is told what."""
        self._database = database
        self._routing = routing or Routing()

    def record(self, decision: Decision, *, by: str, alert: Alert | None = None) -> None:
        """Log a decision that was used, with what somebody is told of it."""
        with self._database.write() as connection:
            record_alert(connection, self._routing, alert)
            connection.execute(
                insert(DECISIONS).values(
                    dataset=decision.dataset,
                    state=decision.state,
                    reasons=[reason.to_json() for reason in decision.reasons],
                    at=decision.at,
                    snapshot=decision.snapshot,
                    runs=list(decision.runs),
                    override_id=_override_id(connection, decision),
                    used_by=by,
                )
            )

    def all(self, dataset: str) -> Sequence[Decision]:
        """Return the decisions that were used, the newest first."""
        query = select(DECISIONS).where(DECISIONS.c.dataset == dataset).order_by(DECISIONS.c.id.desc())
        with self._database.read() as connection:
            overrides = {row.id: _to_override(row) for row in connection.execute(select(OVERRIDES).where(OVERRIDES.c.dataset == dataset))}
            return [_to_decision(row, overrides.get(row.override_id or 0)) for row in connection.execute(query)]

    def override_gate(self, override: Override) -> None:
        """Let a gate count as open until the override expires.

        Raises:
            UsageError: It has no name, no reason, or expires before it begins.
        """
        if not override.by.strip() or not override.reason.strip():
            raise make_error(UsageError, "override_incomplete")
        if override.expires <= override.at:
            raise make_error(UsageError, "override_ends_first")
        with self._database.write() as connection:
            connection.execute(
                insert(OVERRIDES).values(dataset=override.dataset, by=override.by, reason=override.reason, at=override.at, expires=override.expires)
            )
            subject = Message.of("about_gate", dataset=override.dataset, until=override.expires.isoformat())
            log_act(connection, at=override.at, who=override.by, what="override", subject=subject, reason=override.reason)

    def end_override(self, dataset: str, *, by: str, reason: str, at: datetime) -> Override:
        """End the override in force; the activity log records who ended it.

        Raises:
            UsageError: None is in force.
        """
        override = self.override(dataset, at)
        if override is None:
            raise make_error(UsageError, "override_not_in_force", dataset=dataset)
        with self._database.write() as connection:
            ended = (OVERRIDES.c.dataset == dataset, OVERRIDES.c.at == override.at, OVERRIDES.c.by == override.by)
            connection.execute(update(OVERRIDES).where(*ended).values(expires=at))
            subject = Message.of("about_gate", dataset=dataset, until=at.isoformat())
            log_act(connection, at=at, who=by, what="undo_override", subject=subject, reason=reason)
        return override

    def overrides(self, dataset: str) -> Sequence[Override]:
        """Return a dataset's overrides, the newest first, expired ones included."""
        query = select(OVERRIDES).where(OVERRIDES.c.dataset == dataset).order_by(OVERRIDES.c.id.desc())
        with self._database.read() as connection:
            return [_to_override(row) for row in connection.execute(query)]

    def override(self, dataset: str, at: datetime) -> Override | None:
        """Return the override in force, if any."""
        return next((override for override in self.overrides(dataset) if override.at <= at < override.expires), None)


def _override_id(connection: Connection, decision: Decision) -> int | None:
    override = decision.override
    if override is None:
        return None
    query = select(OVERRIDES.c.id).where(OVERRIDES.c.dataset == decision.dataset, OVERRIDES.c.by == override.by, OVERRIDES.c.at == override.at)
    number: int | None = connection.scalars(query).first()
    return number


def _to_override(row: Row[Any]) -> Override:
    return Override(row.dataset, row.by, row.reason, row.at, row.expires)


def _to_decision(row: Row[Any], override: Override | None) -> Decision:
    reasons = tuple(map(Message.from_json, row.reasons))
    return Decision(row.dataset, row.state, reasons, row.at, row.snapshot, tuple(row.runs), override)
