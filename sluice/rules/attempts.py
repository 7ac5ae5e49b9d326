"""Decide when a scheduled firing whose worker died or failed is attempted again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

_FIRST = timedelta(seconds=10)
_LONGEST = timedelta(minutes=15)
_DOUBLINGS = 10


@dataclass(frozen=True, slots=True)
class Attempts:
    """Count the attempts at a firing.

    Attributes:
        number: How many began.
        last: When the newest one ended, or began, where nobody knows of its end.
    """

    number: int
    last: datetime


def is_due(attempts: Attempts | None, now: datetime) -> bool:
    """Return True where a firing is attempted now: at once the first time, then after 10 seconds, and each time after twice as long, up to 15 minutes.

    A last attempt in the future is that of a clock that was set back since.

    Example:
        >>> from datetime import UTC
        >>> begin = datetime(2026, 3, 1, tzinfo=UTC)
        >>> [is_due(Attempts(number, begin), begin + timedelta(seconds=20)) for number in (1, 2, 3)]
        [True, True, False]
    """
    if attempts is None or attempts.last > now:
        return True
    pause: timedelta = _FIRST * (1 << min(attempts.number - 1, _DOUBLINGS))
    return now - attempts.last >= min(pause, _LONGEST)
