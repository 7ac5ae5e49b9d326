"""Tell whether a moment lies in hours of the week, and when they end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sluice.domain import Hours

_DAY = timedelta(days=1)


def end_of(hours: Hours, moment: datetime) -> datetime | None:
    """Return when the hours end that a moment lies in; None where it lies in none.

    Example:
        >>> night = Hours(time(22), time(7), zone="Europe/Berlin")
        >>> str(end_of(night, datetime(2026, 3, 2, 23, tzinfo=UTC)))
        '2026-03-03 06:00:00+00:00'
        >>> end_of(night, datetime(2026, 3, 2, 12, tzinfo=UTC)) is None
        True
    """
    return max((end for start, end in _spans(hours, moment) if start <= moment < end), default=None)


def next_at(clock: time, zone: str, moment: datetime) -> datetime:
    """Return the first time from a moment on at which the clock of a zone shows a time of day.

    Example:
        >>> str(next_at(time(8), "Asia/Shanghai", datetime(2026, 3, 2, 1, tzinfo=UTC)))
        '2026-03-03 00:00:00+00:00'
    """
    today = moment.astimezone(ZoneInfo(zone)).date()
    return next(at for at in (_at(today + days * _DAY, clock, zone) for days in range(3)) if at >= moment)


def _spans(hours: Hours, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the hours that begin on the day of a moment, and on the day before."""
    today = moment.astimezone(ZoneInfo(hours.zone)).date()
    for day in (today - _DAY, today):
        if day.weekday() in hours.days:
            last = day if hours.start < hours.end else day + _DAY
            yield _at(day, hours.start, hours.zone), _at(last, hours.end, hours.zone)


def _at(day: date, clock: time, zone: str) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)
