"""Firings of scheduled jobs: which of them are done, whoever ticked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select

from sluice.store.database import Database
from sluice.store.tables import ScheduledRunRow


class ScheduledRuns:
    """The record of what fired."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        """Keep both."""
        self._database = database
        self._clock = clock

    def finish(self, job: str, slot: str) -> None:
        """Record that a slot's work is done; whoever does it holds the job's claim meanwhile."""
        with self._database.write() as session:
            session.merge(ScheduledRunRow(job=job, slot=slot, state="done", at=self._clock(), finished=self._clock()))

    def last_finished(self, job: str) -> str | None:
        """The newest slot whose work is done; slots sort by their names."""
        with self._database.read() as session:
            return session.execute(select(func.max(ScheduledRunRow.slot)).where(ScheduledRunRow.job == job, ScheduledRunRow.state == "done")).scalar_one()
