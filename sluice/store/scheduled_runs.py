"""Record the firings of scheduled jobs: which are done or cancelled, and how often each was attempted, whichever process did."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select

from sluice.domain import Firing
from sluice.rules import Attempts
from sluice.store.database import Database
from sluice.store.records import get_record, save_record
from sluice.store.tables import SCHEDULED_RUNS

FORM = "%Y-%m-%d %H:%M"  # of the time of a firing, in UTC, so that firings sort by their names
_CLOCKS_DIFFER = timedelta(days=1)  # less than this a record may be ahead of a worker's clock that runs behind


class ScheduledRuns:
    """Read and write the record of firings; whoever writes holds the job's lease."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def begin(self, job: str, fire_time: str, at: datetime) -> None:
        """Record that an attempt at a firing begins."""
        with self._database.write() as connection:
            row = get_record(connection, SCHEDULED_RUNS, job, fire_time)
            save_record(connection, SCHEDULED_RUNS, job, fire_time, state="begun", at=at, finished=None, attempts=row.attempts + 1 if row else 1)

    def fail(self, job: str, fire_time: str, at: datetime) -> None:
        """Record that the attempt failed."""
        with self._database.write() as connection:
            save_record(connection, SCHEDULED_RUNS, job, fire_time, state="failed", finished=at)

    def finish(self, job: str, fire_time: str, at: datetime) -> None:
        """Record that a firing is done; records of a clock that was more than a day ahead are deleted."""
        with self._database.write() as connection:
            save_record(connection, SCHEDULED_RUNS, job, fire_time, state="done", finished=at)
            ahead = (SCHEDULED_RUNS.c.job == job) & (SCHEDULED_RUNS.c.fire_time > (at + _CLOCKS_DIFFER).strftime(FORM))
            connection.execute(delete(SCHEDULED_RUNS).where(ahead))

    def cancel(self, job: str, fire_time: str, at: datetime) -> None:
        """Record that a person cancelled a firing, which is not tried again."""
        with self._database.write() as connection:
            save_record(connection, SCHEDULED_RUNS, job, fire_time, state="cancelled", finished=at)

    def attempts(self, job: str, fire_time: str) -> Attempts | None:
        """Return how often a firing was attempted; None where it was not."""
        with self._database.read() as connection:
            row = get_record(connection, SCHEDULED_RUNS, job, fire_time)
            return None if row is None else Attempts(row.attempts, row.finished or row.at)

    def last_finished(self, job: str, until: str) -> str | None:
        """Return the newest firing that is done or cancelled.

        Args:
            job: Name of the job.
            until: The present firing; later ones are of a clock that was ahead, and do not count.
        """
        with self._database.read() as connection:
            done = (SCHEDULED_RUNS.c.job == job) & SCHEDULED_RUNS.c.state.in_(("done", "cancelled")) & (SCHEDULED_RUNS.c.fire_time <= until)
            newest: str | None = connection.execute(select(func.max(SCHEDULED_RUNS.c.fire_time)).where(done)).scalar_one()
            return newest

    def newest(self, job: str, now: datetime) -> Firing | None:
        """Return the newest firing that was attempted, of those whose time has come; None where there is none."""
        of_job = (SCHEDULED_RUNS.c.job == job) & (SCHEDULED_RUNS.c.fire_time <= now.strftime(FORM))
        with self._database.read() as connection:
            row = connection.execute(select(SCHEDULED_RUNS).where(of_job).order_by(SCHEDULED_RUNS.c.fire_time.desc()).limit(1)).first()
        return None if row is None else Firing(_moment(row.fire_time), row.state, row.at, row.finished, row.attempts)

    def of_the_future(self, now: datetime) -> Mapping[str, str]:
        """Return by job the latest firing that is recorded for a time which has not come."""
        query = select(SCHEDULED_RUNS.c.job, func.max(SCHEDULED_RUNS.c.fire_time)).where(SCHEDULED_RUNS.c.fire_time > now.strftime(FORM))
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query.group_by(SCHEDULED_RUNS.c.job))}


def _moment(fire_time: str) -> datetime:
    return datetime.strptime(fire_time, FORM).replace(tzinfo=UTC)
