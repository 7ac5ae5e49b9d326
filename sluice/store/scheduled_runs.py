"""Record the firings of scheduled jobs: which are done or cancelled, and how often each was attempted, whichever process did."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select, update

from sluice.domain import Firing
from sluice.rules import Attempts
from sluice.store.database import Database
from sluice.store.records import get_record, save_record
from sluice.store.tables import SCHEDULED_RUNS

FORM = "%Y-%m-%d %H:%M"  # of the time of a firing, in UTC, so that firings sort by their names
_ENDED = ("done", "cancelled")
_CLOCKS_DIFFER = timedelta(days=1)  # less than this a record may be ahead of a worker's clock that runs behind


class ScheduledRuns:
    """Read and write the record of firings. A worker that was stopped may have lost the job's lease: of its attempts the newest alone ends a firing."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def begin(self, job: str, fire_time: str, at: datetime) -> int:
        """Record that an attempt at a firing begins, and return its number; 0 where the firing has ended meanwhile."""
        with self._database.write() as connection:
            row = get_record(connection, SCHEDULED_RUNS, job, fire_time, for_update=True)
            if row is not None and row.state in _ENDED:
                return 0
            number = int(row.attempts) + 1 if row else 1
            save_record(connection, SCHEDULED_RUNS, job, fire_time, state="begun", at=at, finished=None, attempts=number)
        return number

    def fail(self, job: str, fire_time: str, attempt: int, at: datetime) -> None:
        """Record that the attempt failed, unless a newer one has begun."""
        self._end(job, fire_time, attempt, "failed", at)

    def finish(self, job: str, fire_time: str, attempt: int, at: datetime) -> None:
        """Record that a firing is done, unless a newer attempt has begun; records of a clock that was more than a day ahead are deleted."""
        self._end(job, fire_time, attempt, "done", at)
        with self._database.write() as connection:
            ahead = (SCHEDULED_RUNS.c.job == job) & (SCHEDULED_RUNS.c.fire_time > (at + _CLOCKS_DIFFER).strftime(FORM))
            connection.execute(delete(SCHEDULED_RUNS).where(ahead))

    def cancel(self, job: str, fire_time: str, attempt: int, at: datetime) -> None:
        """Record that a person cancelled a firing, which is not tried again."""
        self._end(job, fire_time, attempt, "cancelled", at)

    def _end(self, job: str, fire_time: str, attempt: int, state: str, at: datetime) -> None:
        columns = SCHEDULED_RUNS.c
        own = (columns.job == job) & (columns.fire_time == fire_time) & (columns.attempts == attempt) & (columns.state == "begun")
        with self._database.write() as connection:
            connection.execute(update(SCHEDULED_RUNS).where(own).values(state=state, finished=at))

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
            done = (SCHEDULED_RUNS.c.job == job) & SCHEDULED_RUNS.c.state.in_(_ENDED) & (SCHEDULED_RUNS.c.fire_time <= until)
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
