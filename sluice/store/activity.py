"""Log who did what, and record which workers are alive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from sluice.domain import EMPTY, LogCheck, Message
from sluice.messages import render
from sluice.store.activity_log import digest_of, log_act, verify
from sluice.store.database import Database, now
from sluice.store.records import save_record
from sluice.store.tables import ACTIVITY, HEARTBEATS


@dataclass(frozen=True, slots=True)
class ActivityEntry:
    """Represent one entry of the activity log; what it is about, and why, are messages."""

    at: datetime
    who: str
    what: str
    subject: Message
    reason: Message


class Activity:
    """Keep the append-only log, and heartbeats."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def log(self, *, who: str, what: str, subject: str, reason: Message = EMPTY, at: datetime) -> None:
        """Add an entry."""
        with self._database.write() as connection:
            log_act(connection, at=at, who=who, what=what, subject=subject, reason=reason)

    def entries(self, *, limit: int = 100, offset: int = 0) -> Sequence[ActivityEntry]:
        """Return a page of the log, the newest entries first."""
        query = select(ACTIVITY).order_by(ACTIVITY.c.id.desc()).limit(limit).offset(offset)
        with self._database.read() as connection:
            return [_to_entry(row) for row in connection.execute(query)]

    def count(self) -> int:
        """Return the number of entries."""
        with self._database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(ACTIVITY)).scalar_one())

    def verify(self) -> LogCheck:
        """Check the chain of digests over the whole log."""
        with self._database.read() as connection:
            return verify(connection)

    def digest(self, number: int) -> str:
        """Return the digest of an entry of the chain; empty where there is none of that number."""
        with self._database.read() as connection:
            return digest_of(connection, number)

    def about(self, subject: Message) -> Sequence[ActivityEntry]:
        """Return all entries about one thing, the newest first, also those of earlier versions, which stored its sentence."""
        query = select(ACTIVITY).where(ACTIVITY.c.subject.in_([subject.dumps(), render(subject)])).order_by(ACTIVITY.c.id.desc())
        with self._database.read() as connection:
            return [_to_entry(row) for row in connection.execute(query)]

    def heartbeat(self, worker: str) -> None:
        """Record that a worker is alive, by the database's clock: a pinned clock would stand still."""
        with self._database.write() as connection:
            save_record(connection, HEARTBEATS, worker, at=now(connection))

    def last_heartbeat(self) -> datetime | None:
        """Return when any worker was last alive."""
        with self._database.read() as connection:
            newest: datetime | None = connection.execute(select(func.max(HEARTBEATS.c.at))).scalar_one()
            return newest


def _to_entry(row: Row[Any]) -> ActivityEntry:
    return ActivityEntry(row.at, row.who, row.what, Message.loads(row.subject), Message.loads(row.reason))
