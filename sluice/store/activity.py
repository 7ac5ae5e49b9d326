"""Log who did what, and record which workers are alive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from sluice.domain import EMPTY, Message
from sluice.store.database import Database, now
from sluice.store.tables import ActivityRow, HeartbeatRow


@dataclass(frozen=True, slots=True)
class ActivityEntry:
    """Represent one entry of the activity log."""

    at: datetime
    who: str
    what: str
    subject: str
    reason: Message


class Activity:
    """Keep the append-only log, and heartbeats."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def log(self, *, who: str, what: str, subject: str, reason: Message = EMPTY, at: datetime) -> None:
        """Add an entry."""
        with self._database.write() as session:
            session.add(ActivityRow(at=at, who=who, what=what, subject=subject, reason=reason.dumps()))

    def entries(self, *, limit: int = 100, offset: int = 0) -> Sequence[ActivityEntry]:
        """Return a page of the log, the newest entries first."""
        query = select(ActivityRow).order_by(ActivityRow.id.desc()).limit(limit).offset(offset)
        with self._database.read() as session:
            return [ActivityEntry(row.at, row.who, row.what, row.subject, Message.loads(row.reason)) for row in session.scalars(query)]

    def heartbeat(self, worker: str) -> None:
        """Record that a worker is alive, by the database's clock: a pinned clock would stand still."""
        with self._database.write() as session:
            session.merge(HeartbeatRow(worker=worker, at=now(session)))

    def last_heartbeat(self) -> datetime | None:
        """Return when any worker was last alive."""
        with self._database.read() as session:
            return session.execute(select(func.max(HeartbeatRow.at))).scalar_one()
