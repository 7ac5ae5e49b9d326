"""Compute when a cron line fires, in a time zone whose clocks change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sluice.errors import UsageError
from sluice.messages import make_error

if TYPE_CHECKING:
    from apscheduler.triggers.cron import CronTrigger

_WINTER = datetime(2024, 1, 10, tzinfo=UTC)
LOOK_BACK = (timedelta(hours=1), timedelta(days=1), timedelta(days=32), timedelta(days=1500))


def parse_cron(cron: str, timezone: str) -> CronTrigger:
    """Parse a cron line of five fields.

    Weekdays must be written by name: by number they mean other days in other tools (APScheduler counts from Monday, cron from Sunday).

    Raises:
        UsageError: The line or the time zone is wrong, or it never fires.
    """
    from apscheduler.triggers.cron import CronTrigger

    fields = cron.split()
    if len(fields) == 5 and any(letter.isdigit() for letter in fields[4]):
        raise make_error(UsageError, "cron_weekday_by_number", cron=cron)
    try:
        trigger = CronTrigger.from_crontab(cron, timezone=ZoneInfo(timezone))
    except ZoneInfoNotFoundError:
        raise make_error(UsageError, "schedule_zone_unknown", zone=timezone) from None
    except ValueError as error:
        raise make_error(UsageError, "cron_unreadable", cron=cron, problem=str(error)) from None
    if trigger.get_next_fire_time(None, datetime(2024, 1, 1, tzinfo=ZoneInfo(timezone))) is None:
        raise make_error(UsageError, "cron_never_fires", cron=cron)
    return trigger


def last_fire_time(trigger: CronTrigger, now: datetime) -> str | None:
    """Return the newest firing at or before now, in UTC, so that another time zone of the schedule moves none that is done.

    A daily firing in an hour that comes twice counts once, at its first pass; firings of less than a day apart come in both. A firing at a time
    that clocks skip comes when they have skipped it.

    Example:
        >>> last_fire_time(parse_cron("30 2 * * *", "Europe/Berlin"), datetime(2026, 3, 29, 2, 0, tzinfo=UTC))
        '2026-03-29 01:30'
    """
    for span in LOOK_BACK:
        fire_times = list(_fire_times(trigger, now - span, now))
        if fire_times:
            newest = fire_times[-1] if _is_sub_daily(trigger) else fire_times[-1].replace(fold=0)
            return newest.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
    return None


def next_fire_times(trigger: CronTrigger, now: datetime, count: int) -> tuple[datetime, ...]:
    """Return the next firings after now, in the time zone of the cron line.

    Example:
        >>> berlin = parse_cron("30 2 * * *", "Europe/Berlin")
        >>> [f"{moment:%m-%d %H:%M %z}" for moment in next_fire_times(berlin, datetime(2026, 10, 24, 12, 0, tzinfo=UTC), 2)]
        ['10-25 02:30 +0200', '10-26 02:30 +0100']
    """
    fire_times = _fire_times(trigger, now + timedelta(seconds=1), now + LOOK_BACK[-1])
    distinct = fire_times if _is_sub_daily(trigger) else (moment for moment in fire_times if not moment.fold)  # once in an hour that comes twice
    return tuple(islice(distinct, count))


def _is_sub_daily(trigger: CronTrigger) -> bool:
    """Return True where firings come less than a day apart; the day on which clocks are set forward has 23 hours."""
    fire_times = [moment.astimezone(UTC) for moment in islice(_fire_times(trigger, _WINTER, _WINTER + LOOK_BACK[-1]), 8)]
    return any(later - earlier < timedelta(hours=22) for earlier, later in pairwise(fire_times))


def _fire_times(trigger: CronTrigger, since: datetime, until: datetime) -> Iterator[datetime]:
    moment = _next_fire_time(trigger, since)
    while moment is not None and moment <= until:
        yield moment
        after = moment.astimezone(UTC) + timedelta(seconds=1)  # in UTC: wall time stands still when an hour comes twice
        moment = _next_fire_time(trigger, after)


def _next_fire_time(trigger: CronTrigger, after: datetime) -> datetime | None:
    """Return the next firing; the day after clocks were set forward is asked for by itself.

    APScheduler 3.11 adds 24 hours to a day of 23, and so passes over the first hour of the next one.
    """
    nearest: datetime | None = trigger.get_next_fire_time(None, after)
    local = after.astimezone(trigger.timezone)
    if nearest is None or nearest.utcoffset() == local.utcoffset():
        return nearest
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    while midnight < nearest and midnight.utcoffset() == local.utcoffset():
        midnight += timedelta(days=1)  # by wall time
    next_day: datetime | None = trigger.get_next_fire_time(None, max(midnight, local))
    return min(nearest, next_day or nearest)
