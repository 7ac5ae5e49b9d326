"""Run jobs on cron schedules: APScheduler holds the firings in memory, and the store records which were done, so that each happens once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sluice.errors import LeaseHeld, UsageError

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler
    from apscheduler.triggers.cron import CronTrigger

MISFIRE_GRACE = 3600  # seconds
_WINTER = datetime(2024, 1, 10, tzinfo=UTC)
LOOK_BACK = (timedelta(hours=1), timedelta(days=1), timedelta(days=32), timedelta(days=1500))


class ScheduledRuns(Protocol):
    """Record which firing of which job was done."""

    def finish(self, job: str, fire_time: str) -> None:
        """Record that a firing is done."""
        ...

    def last_finished(self, job: str) -> str | None:
        """Return the newest firing that was done."""
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


def parse_cron(cron: str, timezone: str) -> CronTrigger:
    """Parse a cron line of five fields.

    Weekdays must be written by name: by number they mean other days in other tools (APScheduler counts from Monday, cron from Sunday).

    Raises:
        UsageError: The line or the time zone is wrong, or it never fires.
    """
    from apscheduler.triggers.cron import CronTrigger

    fields = cron.split()
    if len(fields) == 5 and any(letter.isdigit() for letter in fields[4]):
        raise UsageError(f"schedule {cron!r}: write weekdays by name (mon, tue, ... or mon-fri)")
    try:
        trigger = CronTrigger.from_crontab(cron, timezone=ZoneInfo(timezone))
    except ZoneInfoNotFoundError:
        raise UsageError(f"schedule: no time zone is called {timezone!r}; write one such as UTC or Europe/Berlin") from None
    except ValueError as error:
        raise UsageError(f'schedule {cron!r}: {error}; write minute, hour, day, month and weekday, such as "15 * * * *" for every hour') from None
    if trigger.get_next_fire_time(None, datetime(2024, 1, 1, tzinfo=ZoneInfo(timezone))) is None:
        raise UsageError(f"schedule {cron!r} never fires")
    return trigger


def last_fire_time(trigger: CronTrigger, now: datetime) -> str | None:
    """Return the newest firing at or before now, as wall time without its offset: a daily firing in an hour that comes twice counts once.

    Firings of less than a day apart count by UTC, as each hour does. A firing at a time that clocks skip comes when they have skipped it.

    Example:
        >>> last_fire_time(parse_cron("30 2 * * *", "Europe/Berlin"), datetime(2026, 3, 29, 2, 0, tzinfo=UTC))
        '2026-03-29 03:30'
    """
    for span in LOOK_BACK:
        fire_times = list(_fire_times(trigger, now - span, now))
        if fire_times:
            newest = fire_times[-1].astimezone(UTC)
            return (newest if _is_sub_daily(trigger) else newest.astimezone(trigger.timezone)).strftime("%Y-%m-%d %H:%M")
    return None


def _is_sub_daily(trigger: CronTrigger) -> bool:
    """Return True where firings come less than a day apart; the day on which clocks are set forward has 23 hours."""
    fire_times = [moment.astimezone(UTC) for moment in islice(_fire_times(trigger, _WINTER, _WINTER + LOOK_BACK[-1]), 8)]
    return any(later - earlier < timedelta(hours=22) for earlier, later in pairwise(fire_times))


def _fire_times(trigger: CronTrigger, since: datetime, until: datetime) -> Iterator[datetime]:
    moment = trigger.get_next_fire_time(None, since)
    while moment is not None and moment <= until:
        yield moment
        after = moment.astimezone(UTC) + timedelta(seconds=1)  # in UTC: wall time stands still when an hour comes twice
        moment = trigger.get_next_fire_time(None, after)


def run_once(job: str, trigger: CronTrigger, store: ScheduleStore, action: Callable[[], None], clock: Callable[[], datetime]) -> bool:
    """Run a job for its newest firing, unless that is done or a living worker runs it; return whether it ran here.

    A firing whose worker died or failed is not done: the next caller runs it.
    """
    fire_time = last_fire_time(trigger, clock())
    try:
        with store.lease(f"job.{job}"):
            if fire_time is None or fire_time <= (store.scheduled_runs.last_finished(job) or ""):
                return False
            action()
            store.scheduled_runs.finish(job, fire_time)
            return True
    except LeaseHeld:
        return False


def start(
    crons: Mapping[str, tuple[str, Callable[[], None]]],
    timezone: str,
    store: ScheduleStore,
    clock: Callable[[], datetime],
    *,
    every: Mapping[str, tuple[float, Callable[[], None]]],
    ended: Callable[[str, BaseException | None], None],
) -> BackgroundScheduler:
    """Start the scheduler: cron jobs, each firing once over all processes, and plain intervals of this process.

    A firing that was missed while nothing ran is made up for at once, the newest only.

    Args:
        crons: A cron line and an action by job.
        timezone: Of the cron lines.
        store: Records the firings.
        clock: Returns the time.
        every: An interval in seconds and an action by job.
        ended: Called with each job that ended and with what it raised.
    """
    from apscheduler.schedulers.background import BackgroundScheduler

    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)  # `ended` reports failures in words
    scheduler = BackgroundScheduler(timezone=ZoneInfo("UTC"))
    for job, (cron, action) in crons.items():
        trigger = parse_cron(cron, timezone)
        firing = _reporting(job, partial(run_once, job, trigger, store, action, clock), ended)
        scheduler.add_job(firing, trigger, id=job, coalesce=True, max_instances=1, misfire_grace_time=MISFIRE_GRACE)
        scheduler.add_job(firing, id=f"{job}, missed")
    for job, (seconds, action) in every.items():
        scheduler.add_job(_reporting(job, action, ended), "interval", seconds=seconds, id=job, coalesce=True, max_instances=1)
    scheduler.start()
    return scheduler


def _reporting(job: str, action: Callable[[], object], ended: Callable[[str, BaseException | None], None]) -> Callable[[], None]:
    """Wrap an action so that it reports its end before it counts as ended: APScheduler's own events of two runs may overtake each other."""

    def run() -> None:
        try:
            action()
        except Exception as error:  # noqa: BLE001  # whatever a job raises is reported, and the next firing comes
            ended(job, error)
        else:
            ended(job, None)

    return run
