"""When what is done: cron firings by APScheduler's memory; that each happens once, the store's slots remember."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from sluice.errors import Claimed, UsageError

GRACE = 3600
LOOK_BACK = (timedelta(hours=1), timedelta(days=1), timedelta(days=32), timedelta(days=1500))


class Slots(Protocol):
    """Remembers which firing of which job was done."""

    def claim(self, name: str) -> AbstractContextManager[object]:
        """Keep all other living workers out; raises Claimed where one of them is in."""
        ...

    def finish_slot(self, job: str, slot: str) -> None:
        """Record that a firing is done."""
        ...

    def last_slot(self, job: str) -> str | None:
        """The newest firing that was done."""
        ...


def trigger(cron: str, timezone: str) -> CronTrigger:
    """A cron line's firings.

    Weekdays must be written by name: by number they mean other days in other tools (APScheduler counts from Monday, cron from Sunday).

    Raises:
        UsageError: The line or the time zone is wrong, or it never fires.
    """
    fields = cron.split()
    if len(fields) == 5 and any(letter.isdigit() for letter in fields[4]):
        raise UsageError(f"schedule {cron!r}: write weekdays by name (mon, tue, ... or mon-fri)")
    try:
        made = CronTrigger.from_crontab(cron, timezone=ZoneInfo(timezone))
    except ZoneInfoNotFoundError:
        raise UsageError(f"schedule: no time zone is called {timezone!r}; write one such as UTC or Europe/Berlin") from None
    except ValueError as error:
        raise UsageError(f'schedule {cron!r}: {error}; write minute, hour, day, month and weekday, such as "15 * * * *" for every hour') from None
    if made.get_next_fire_time(None, datetime(2024, 1, 1, tzinfo=ZoneInfo(timezone))) is None:
        raise UsageError(f"schedule {cron!r} never fires")
    return made


def slot_of(made: CronTrigger, now: datetime) -> str | None:
    """The newest firing at or before now, as wall time without its offset: an hour that comes twice in autumn counts once."""
    for span in LOOK_BACK:
        fired = list(_firings(made, now - span, now))
        if fired:
            return fired[-1].strftime("%Y-%m-%d %H:%M")
    return None


def _firings(made: CronTrigger, since: datetime, until: datetime) -> Iterator[datetime]:
    moment = made.get_next_fire_time(None, since)
    while moment is not None and moment <= until:
        yield moment
        after = moment.astimezone(UTC) + timedelta(seconds=1)  # in UTC: wall time stands still when an hour comes twice
        moment = made.get_next_fire_time(None, after)


def once(job: str, made: CronTrigger, slots: Slots, action: Callable[[], None], clock: Callable[[], datetime]) -> bool:
    """Do a job's newest firing, unless it is done or a living worker is at it; whether it was done here.

    A firing whose worker died or failed is not done: whoever asks next does it.
    """
    slot = slot_of(made, clock())
    try:
        with slots.claim(f"job.{job}"):
            if slot is None or slot <= (slots.last_slot(job) or ""):
                return False
            action()
            slots.finish_slot(job, slot)
            return True
    except Claimed:
        return False


def start(
    crons: Mapping[str, tuple[str, Callable[[], None]]],
    timezone: str,
    slots: Slots,
    clock: Callable[[], datetime],
    *,
    every: Mapping[str, tuple[float, Callable[[], None]]],
    ended: Callable[[str, BaseException | None], None],
) -> BackgroundScheduler:
    """Start ticking: cron jobs, each firing once over all processes, and plain intervals of this process.

    A firing that was missed while nothing ran is made up for at once, the newest only.

    Args:
        crons: A cron line and an action by job.
        timezone: Of the cron lines.
        slots: Remembers the firings.
        clock: Tells the time.
        every: An interval in seconds and an action by job.
        ended: Told of each job that ended, with what it raised.
    """
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)  # `ended` is told, and tells it in words
    scheduler = BackgroundScheduler(timezone=ZoneInfo("UTC"))
    for job, (cron, action) in crons.items():
        made = trigger(cron, timezone)
        firing = _told(job, partial(once, job, made, slots, action, clock), ended)
        scheduler.add_job(firing, made, id=job, coalesce=True, max_instances=1, misfire_grace_time=GRACE)
        scheduler.add_job(firing, id=f"{job}, missed")
    for job, (seconds, action) in every.items():
        scheduler.add_job(_told(job, action, ended), "interval", seconds=seconds, id=job, coalesce=True, max_instances=1)
    scheduler.start()
    return scheduler


def _told(job: str, action: Callable[[], object], ended: Callable[[str, BaseException | None], None]) -> Callable[[], None]:
    """An action that tells how it ended before it counts as ended: APScheduler's own events of two runs may overtake each other."""

    def run() -> None:
        try:
            action()
        except Exception as error:  # noqa: BLE001  # whatever a job raises is told, and the next firing comes
            ended(job, error)
        else:
            ended(job, None)

    return run
