"""Record the jobs that run now, and who asks for their end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update

from sluice.domain import Message, People, Person, RunningJob
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.rules.people import lacks, role_for_job
from sluice.store.activity_log import log_act
from sluice.store.database import Database, now
from sluice.store.owners import Owner, has_ended, parse_owner, this_process
from sluice.store.records import get_record, save_record
from sluice.store.tables import RUNNING_JOBS

_SILENT = 30.0  # seconds without a heartbeat after which the worker of a job counts as dead


class RunningJobs:
    """List, record and cancel jobs."""

    def __init__(self, database: Database, clock: Callable[[], datetime], people: People, *, here: Callable[[], Owner] = this_process) -> None:
        """Keep the database, the clock that dates entries of the log, and who may do what.

        Args:
            database: Its clock is the one that all workers share.
            clock: Dates entries of the log.
            people: Who may do what.
            here: Names the present process.
        """
        self._database, self._clock, self._people, self._here = database, clock, people, here

    def list_living(self) -> Sequence[RunningJob]:
        """Return the jobs whose workers live, the oldest first."""
        with self._database.read() as connection:
            moment = now(connection).timestamp()
            rows = connection.execute(select(RUNNING_JOBS).order_by(RUNNING_JOBS.c.started, RUNNING_JOBS.c.id)).all()
        here = self._here()
        return [_to_job(row) for row in rows if moment - row.heartbeat < _SILENT and not has_ended(parse_owner(row.owner), here)]

    def save(self, job: RunningJob) -> str:
        """Record how far a job of this process is; return who cancelled it, nobody where it goes on.

        Records of workers that died a minute ago or earlier are deleted.
        """
        facts = {name: getattr(job, name) for name in ("kind", "dataset", "file", "stage", "done", "total", "started")}
        with self._database.write() as connection:
            moment = now(connection).timestamp()
            row = get_record(connection, RUNNING_JOBS, job.id)
            owner = row.owner if row else str(self._here())
            save_record(connection, RUNNING_JOBS, job.id, owner=owner, heartbeat=moment, **facts)
            connection.execute(delete(RUNNING_JOBS).where(RUNNING_JOBS.c.heartbeat < moment - 2 * _SILENT))
        return row.cancelled_by if row else ""

    def cancelled_by(self, job_id: str) -> str:
        """Return who asked for the end of a job; nobody where none did."""
        with self._database.read() as connection:
            row = get_record(connection, RUNNING_JOBS, job_id)
        return row.cancelled_by if row else ""

    def finish(self, job_id: str) -> None:
        """Forget a job that ended."""
        with self._database.write() as connection:
            connection.execute(delete(RUNNING_JOBS).where(RUNNING_JOBS.c.id == job_id))

    def cancel(self, job_id: str, *, by: str, note: str = "", person: Person | None = None) -> RunningJob:
        """Ask for the end of a job; its worker looks every second. The activity log records who asked.

        Args:
            job_id: Id of the job.
            by: Who asks.
            note: Why.
            person: Who signed in.

        Raises:
            UsageError: Nobody is named, no such job runs, or the person lacks the role that starting it needs.
        """
        if not by.strip():
            raise make_error(UsageError, "job_needs_name")
        job = next((job for job in self.list_living() if job.id == job_id), None)
        if job is None:
            raise make_error(UsageError, "job_unknown", job=job_id)
        if refused := lacks(self._people, person, role_for_job(job.kind), job.dataset):
            raise make_error(UsageError, refused.code, **refused.params)
        subject = Message.of("about_job", job=job.kind, dataset=job.dataset)
        with self._database.write() as connection:
            named = update(RUNNING_JOBS).where(RUNNING_JOBS.c.id == job_id, RUNNING_JOBS.c.cancelled_by == "")
            if connection.execute(named.values(cancelled_by=by.strip())).rowcount:
                log_act(connection, at=self._clock(), who=by.strip(), what="cancel", subject=subject, reason=note.strip())
        return replace(job, cancelled_by=by.strip())


def _to_job(row: Row[Any]) -> RunningJob:
    facts = (row.id, row.kind, row.dataset, row.file, row.stage, row.done, row.total, row.started)
    return RunningJob(*facts, parse_owner(row.owner).worker, row.cancelled_by)
