"""Record which firings of scheduled jobs are done, whichever process ran them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select

from sluice.store.database import Database
from sluice.store.tables import ScheduledRunRow


class ScheduledRuns:
    """Read and write the record of firings."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        """Keep the database, and the clock that dates records."""
        self._database = database
        self._clock = clock

    def finish(self, job: str, fire_time: str) -> None:
        """Record that a firing is done; whoever runs it holds the job's lease meanwhile."""
        with self._database.write() as session:
            session.merge(ScheduledRunRow(job=job, fire_time=fire_time, state="done", at=self._clock(), finished=self._clock()))

    def last_finished(self, job: str) -> str | None:
        """Return the newest firing that is done; firings sort by their names."""
        with self._database.read() as session:
            query = select(func.max(ScheduledRunRow.fire_time)).where(ScheduledRunRow.job == job, ScheduledRunRow.state == "done")
            return session.execute(query).scalar_one()
