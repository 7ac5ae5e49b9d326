"""Record which firings of scheduled jobs are done, whichever process ran them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select

from sluice.store.database import Database
from sluice.store.records import save_record
from sluice.store.tables import SCHEDULED_RUNS


class ScheduledRuns:
    """Read and write the record of firings."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        """Keep the database, and the clock that dates records."""
        self._database = database
        self._clock = clock

    def finish(self, job: str, fire_time: str) -> None:
        """Record that a firing is done; whoever runs it holds the job's lease meanwhile."""
        with self._database.write() as connection:
            save_record(connection, SCHEDULED_RUNS, job, fire_time, state="done", at=self._clock(), finished=self._clock())

    def last_finished(self, job: str) -> str | None:
        """Return the newest firing that is done; firings sort by their names."""
        with self._database.read() as connection:
            query = select(func.max(SCHEDULED_RUNS.c.fire_time)).where(SCHEDULED_RUNS.c.job == job, SCHEDULED_RUNS.c.state == "done")
            newest: str | None = connection.execute(query).scalar_one()
            return newest
