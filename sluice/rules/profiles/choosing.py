"""Choose the batch of a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta


def last_day(end: datetime) -> date:
    """Return the last day of a batch: one that ends at midnight is of the day before.

    Example:
        >>> from datetime import UTC
        >>> last_day(datetime(2026, 3, 15, tzinfo=UTC))
        datetime.date(2026, 3, 14)
    """
    return (end - timedelta(microseconds=1)).date()


def newest_of_day(ends: Mapping[str, datetime], day: date | None) -> str | None:
    """Return the newest run whose batch ends on a day; None where there is none.

    Args:
        ends: End of the batch by run, the oldest first.
        day: The day, in UTC as the ends.
    """
    return next((run for run, end in reversed(list(ends.items())) if last_day(end) == day), None)
