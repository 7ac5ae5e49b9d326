"""Decide which batches count now."""

from __future__ import annotations

from datetime import datetime, timedelta

_DAY = timedelta(days=1)


def latest_end(now: datetime, every: timedelta | None = None) -> datetime:
    """Return the latest end that the period of a batch which has arrived can have: a batch of today ends at midnight, after now.

    A batch with a later end bears a wrong date, and must not count as the newest until then.

    Args:
        now: Time of the decision.
        every: Interval between batches, which is the length of their periods; None, and anything below a day: one day.

    Example:
        >>> from datetime import UTC, datetime
        >>> latest_end(datetime(2026, 3, 1, 9, tzinfo=UTC)).isoformat()
        '2026-03-02T09:00:00+00:00'
    """
    return now + max(every or _DAY, _DAY)


def in_window(end: datetime, now: datetime, window: timedelta, every: timedelta | None = None) -> bool:
    """Return True where a batch lies in the window before now: one whose period has begun and not ended counts at once.

    Args:
        end: End of the period of the batch.
        now: Time of the decision.
        window: How far back the window reaches.
        every: Interval between batches, as in `latest_end`.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> in_window(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 1, 9, tzinfo=UTC), timedelta(days=28))
        True
    """
    return now - window <= end <= latest_end(now, every)
