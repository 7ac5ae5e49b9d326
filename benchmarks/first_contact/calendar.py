"""Give the days of the benchmark: thirty of them with weekends, a month's end, the end of summer time, and a campaign on 11 November."""

from __future__ import annotations

from datetime import date, timedelta

FIRST = date(2025, 10, 20)
DAYS = 30
CAMPAIGN = date(2025, 11, 11)
CAMPAIGN_ROWS, CAMPAIGN_PRICE = 8, 30  # eight times the rows, 30 % lower prices
EMPTY = date(2025, 11, 5)  # nothing was sold or clicked
RESENT = date(2025, 11, 8)  # the file of the day before comes once more
WEEKEND_ROWS = 1.4


def day(number: int) -> date:
    """Return a day by its number, counted from 0."""
    return FIRST + timedelta(days=number)


def volume(number: int) -> float:
    """Return how many rows a day has, 1 on a working day."""
    today = day(number)
    if today == EMPTY:
        return 0.0
    return CAMPAIGN_ROWS if today == CAMPAIGN else WEEKEND_ROWS if today.weekday() >= 5 else 1.0


def discount(number: int) -> int:
    """Return by how many percent prices are lower on a day."""
    return CAMPAIGN_PRICE if day(number) == CAMPAIGN else 0
