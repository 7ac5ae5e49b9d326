"""Run jobs on cron schedules: APScheduler holds the firings in memory, and the store records which were done, so that each happens once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from sluice.cron import last_fire_time, next_fire_times, parse_cron
from sluice.domain import Firing, ScheduledJob
from sluice.errors import Cancelled, LeaseHeld, panics_as_errors
from sluice.rules import Attempts, is_due

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler
    from apscheduler.triggers.cron import CronTrigger

MISFIRE_GRACE = 3600  # seconds
ALIVE = timedelta(minutes=1)  # a worker records a heartbeat every few seconds
RETRY_SECONDS = 10  # after so long a firing that a worker left unfinished is looked for
_FURTHER = (", missed", ", unfinished")  # ends of the names of what else looks for a firing of a job
_LOG = logging.getLogger(__name__)


class ScheduledRuns(Protocol):
    """Record the firings of jobs."""

    def begin(self, job: str, fire_time: str, at: datetime) -> int:
        """Record that an attempt at a firing begins, and return its number; 0 where the firing has ended meanwhile."""
        ...

    def fail(self, job: str, fire_time: str, attempt: int, at: datetime) -> None:
        """Record that an attempt failed, unless a newer one has begun."""
        ...

    def finish(self, job: str, fire_time: str, attempt: int, at: datetime) -> None:
        """Record that a firing is done, unless a newer attempt has begun."""
        ...

    def cancel(self, job: str, fire_time: str, attempt: int, at: datetime) -> None:
        """Record that a person cancelled a firing, unless a newer attempt has begun."""
        ...

    def attempts(self, job: str, fire_time: str) -> Attempts | None:
        """Return how often a firing was attempted."""
        ...

    def last_finished(self, job: str, until: str) -> str | None:
        """Return the newest firing that was done or cancelled, of those until the present one."""
        ...

    def of_the_future(self, now: datetime) -> Mapping[str, str]:
        """Return by job the latest firing that is recorded for a time which has not come."""
        ...


class ScheduleStore(Protocol):
    """Hand out leases on jobs and record their firings."""

    def lease(self, name: str) -> AbstractContextManager[object]:
        """Keep all other living workers out; raises LeaseHeld where one of them is in."""
        ...

    @property
    def scheduled_runs(self) -> ScheduledRuns:
        """Return the record of firings."""
        ...


class NewestFirings(Protocol):
    """Read the record of firings."""

    def newest(self, job: str, now: datetime) -> Firing | None:
        """Return the newest firing that was attempted."""
        ...


class LeaseHolders(Protocol):
    """Know who holds leases."""

    def worker_of(self, name: str) -> str:
        """Return who holds a lease now."""
        ...


class FiringRecords(Protocol):
    """Hold what is recorded of firings and leases."""

    @property
    def scheduled_runs(self) -> NewestFirings:
        """Return the record of firings."""
        ...

    @property
    def leases(self) -> LeaseHolders:
        """Return the leases."""
        ...


def is_alive(heartbeat: datetime | None, now: datetime) -> bool:
    """Return True where a worker was alive within the last minute."""
    return heartbeat is not None and now - heartbeat < ALIVE


def scheduled_jobs(crons: Mapping[str, str], timezone: str, records: FiringRecords, now: datetime, count: int = 3) -> list[ScheduledJob]:
    """Return each job with its newest firing, its next ones, and who runs it now.

    Args:
        crons: A cron line by job.
        timezone: Of the cron lines.
        records: What is recorded of firings and leases.
        now: The time, by the clock of the scheduler.
        count: How many of the next firings are returned.

    Raises:
        UsageError: A cron line or the time zone is wrong.
    """
    return [
        ScheduledJob(
            job,
            cron,
            timezone,
            records.scheduled_runs.newest(job, now),
            next_fire_times(parse_cron(cron, timezone), now, count),
            records.leases.worker_of(f"job.{job}"),
        )
        for job, cron in crons.items()
    ]


def run_once(job: str, trigger: CronTrigger, store: ScheduleStore, action: Callable[[], None], clock: Callable[[], datetime]) -> bool:
    """Run a job for its newest firing, unless that is done or a living worker runs it; return whether it ran here.

    A firing whose worker died or failed is not done: whoever asks next runs it, after a time that grows with the attempts. Firings that are recorded
    for a time which has not come are those of a clock that was ahead; they do not count.
    """
    fire_time = last_fire_time(trigger, clock())
    if fire_time is None or not _is_due(job, fire_time, store.scheduled_runs, clock()):
        return False
    try:
        with store.lease(f"job.{job}"):
            if not _is_due(job, fire_time, store.scheduled_runs, clock()):  # another worker was faster
                return False
            return _attempt(job, fire_time, store.scheduled_runs, action, clock)
    except LeaseHeld:
        return False


def _is_due(job: str, fire_time: str, runs: ScheduledRuns, now: datetime) -> bool:
    return fire_time > (runs.last_finished(job, fire_time) or "") and is_due(runs.attempts(job, fire_time), now)


def _attempt(job: str, fire_time: str, runs: ScheduledRuns, action: Callable[[], None], clock: Callable[[], datetime]) -> bool:
    """Run a job for a firing; return False where the firing ended before it was begun here, as where this worker was stopped for longer than its lease."""
    if ahead := runs.of_the_future(clock()).get(job):
        _LOG.warning("%s: a firing of %s UTC is recorded, which lies in the future: a clock was ahead; it does not count", job, ahead)
    attempt = runs.begin(job, fire_time, clock())
    if not attempt:
        return False
    try:
        action()
    except Cancelled:  # a person ended it: nobody tries it again
        runs.cancel(job, fire_time, attempt, clock())
        raise
    except BaseException:
        runs.fail(job, fire_time, attempt, clock())
        raise
    runs.finish(job, fire_time, attempt, clock())
    return True


def start(
    crons: Mapping[str, tuple[str, Callable[[], None]]],
    timezone: str,
    store: ScheduleStore,
    clock: Callable[[], datetime],
    *,
    every: Mapping[str, tuple[float, Callable[[], object]]],
    ended: Callable[[str, BaseException | None], None],
) -> BackgroundScheduler:
    """Start the scheduler: cron jobs, each firing once over all processes, and plain intervals of this process.

    A firing that was missed while nothing ran is made up for at once, the newest only; one that a worker began and did not finish is taken up within seconds.

    Args:
        crons: A cron line and an action by job.
        timezone: Of the cron lines.
        store: Records the firings.
        clock: Returns the time.
        every: An interval in seconds and an action by job.
        ended: Called with each job that ran and with what it raised.
    """
    from apscheduler.schedulers.background import BackgroundScheduler

    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)  # `ended` reports failures in words
    scheduler = BackgroundScheduler(timezone=ZoneInfo("UTC"))
    put_crons(scheduler, crons, timezone, store, clock, ended)
    for job, (seconds, repeated) in every.items():
        scheduler.add_job(_reporting(job, repeated, ended), "interval", seconds=seconds, id=job, coalesce=True, max_instances=1)
    scheduler.start()
    return scheduler


def put_crons(
    scheduler: BackgroundScheduler,
    crons: Mapping[str, tuple[str, Callable[[], None]]],
    timezone: str,
    store: ScheduleStore,
    clock: Callable[[], datetime],
    ended: Callable[[str, BaseException | None], None],
    former: Iterable[str] = (),
) -> None:
    """Schedule jobs by their cron lines, in place of former ones; a firing that is under way goes on.

    Args:
        scheduler: What fires them.
        crons: A cron line and an action by job.
        timezone: Of the cron lines.
        store: Holds the leases and the record of firings.
        clock: The time.
        ended: Called with each job that ran and with what it raised.
        former: Names of the jobs that were scheduled by cron lines before.

    Raises:
        UsageError: A cron line or the time zone is wrong; then the former ones stay.
    """
    triggers = {job: parse_cron(cron, timezone) for job, (cron, _) in crons.items()}
    for name in [f"{job}{part}" for job in former for part in ("", *_FURTHER)]:
        if scheduler.get_job(name):
            scheduler.remove_job(name)
    for job, (_, action) in crons.items():
        firing = _reporting(job, partial(run_once, job, triggers[job], store, action, clock), ended)
        scheduler.add_job(firing, triggers[job], id=job, coalesce=True, max_instances=1, misfire_grace_time=MISFIRE_GRACE)
        scheduler.add_job(firing, id=f"{job}{_FURTHER[0]}")
        scheduler.add_job(firing, "interval", seconds=RETRY_SECONDS, id=f"{job}{_FURTHER[1]}", coalesce=True, max_instances=1)


def _reporting(job: str, action: Callable[[], object], ended: Callable[[str, BaseException | None], None]) -> Callable[[], None]:
    """Wrap an action so that it reports its end before it counts as ended: APScheduler's own events of two runs may overtake each other."""

    def run() -> None:
        try:
            with panics_as_errors():
                ran = action()
        except Exception as error:  # noqa: BLE001  # whatever a job raises is reported, and the next firing comes
            ended(job, error)
        else:
            if ran is not False:  # it was not due, which says nothing of its last attempt
                ended(job, None)

    return run
