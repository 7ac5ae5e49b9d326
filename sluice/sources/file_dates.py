"""Read the period that a file covers from the date in its name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from sluice.domain.months import MONTHS

_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})([-_]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?:T([01]\d|2[0-3]))?(?!\d{1,3}(?:\D|$))")
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})([-_.])(\d{1,2})\2((?:19|20)\d{2})(?!\d)")
_NAMED = re.compile(r"(?<!\d)(\d{1,2})[-_. ]?([^\W\d_]{3,9})[-_. ]?((?:19|20)\d{2})(?!\d)")
_NAMED_FIRST = re.compile(r"(?<![^\W\d_])([^\W\d_]{3,9})[-_. ]?(\d{1,2}),?[-_. ]((?:19|20)\d{2})(?!\d)")
_NAMED_BETWEEN = re.compile(r"(?<!\d)((?:19|20)\d{2})[-_. ]?([^\W\d_]{3,9})[-_. ]?(\d{1,2})(?!\d)")
_EPOCH = re.compile(r"(?<!\d)(1[5-9]\d{8})(?:\d{3})?(?!\d)")  # seconds or milliseconds since 1970, from 2017 to 2033
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def period_end(name: str, every: timedelta | None = None, *, month_first: bool = False) -> datetime | None:
    """Return the end of the period in a file's name: its day, or the hour after a `T`; a longer period where batches come less often.

    The last date of the path counts. A date whose year comes last is read by the day above 12, or by a count of seconds or milliseconds since
    1970 beside it; otherwise `month_first` decides. None where there is no date.

    Args:
        name: Path or name of the file.
        every: Interval between the files.
        month_first: Whether the month is before the day in `11-05-2026`.

    Example:
        >>> period_end("Payments-20-Nov-2026.csv") == period_end("eBay-OrdersReport-Nov-20-2026.csv")
        True
        >>> period_end("wc-product-export-21-10-2025-1761033600123.csv")
        datetime.datetime(2025, 10, 22, 0, 0, tzinfo=datetime.timezone.utc)
    """
    hours = list(_with_year_first(name))
    if hours:
        begin, hour = hours[-1]
        if hour:
            return begin + (every if every and every < _DAY else _HOUR)
        return begin + max(every or _DAY, _DAY)
    moments = [datetime.fromtimestamp(int(count), UTC) for count in _EPOCH.findall(name)]
    days = [day for parts in _YEAR_LAST.findall(name) if (day := _day(parts, moments[-1:], month_first=month_first))] or [*_with_named_month(name)] or moments
    return days[-1].replace(hour=0, minute=0, second=0) + max(every or _DAY, _DAY) if days else None


def period_ends(names: Sequence[str]) -> list[datetime | None]:
    """Return the ends of the periods in the names of files that follow one another; where one name shows the order of month and day, all have it."""
    month_first = has_month_first(names)
    return [period_end(name, month_first=month_first) for name in names]


def has_month_first(names: Sequence[str]) -> bool:
    """Return True where a name can be read only with the month before the day, and none only with the day before the month.

    Example:
        >>> has_month_first(["Report_11-05-2026.csv", "Report_11-28-2026.csv"]), has_month_first(["Report_11-05-2026.csv"])
        (True, False)
    """
    pairs = [(int(first), int(second)) for name in names for first, mark, second, _ in _YEAR_LAST.findall(name) if mark != "."]
    return any(first <= 12 < second for first, second in pairs) and not any(second <= 12 < first for first, second in pairs)


def _with_year_first(name: str) -> Iterator[tuple[datetime, bool]]:
    """Yield each date whose year comes first, and whether an hour follows it."""
    for year, _, month, day, hour in _YEAR_FIRST.findall(name):
        try:
            yield datetime(int(year), int(month), int(day), int(hour or 0), tzinfo=UTC), bool(hour)
        except ValueError:
            continue  # such as February 30


def _with_named_month(name: str) -> Iterator[datetime]:
    """Yield each date whose month is written as a word, such as 20-Nov-2026, Nov-20-2026 and 2026-Nov-20."""
    between = ((day, month, year) for year, month, day in _NAMED_BETWEEN.findall(name))
    for day, month, year in [*_NAMED.findall(name), *((day, month, year) for month, day, year in _NAMED_FIRST.findall(name)), *between]:
        with suppress(KeyError, ValueError):
            yield datetime(int(year), MONTHS[month.lower()], int(day), tzinfo=UTC)


def _day(parts: tuple[str, str, str, str], moments: Sequence[datetime], *, month_first: bool) -> datetime | None:
    """Return a date whose year comes last; with a point between its parts the day is first."""
    first, mark, second, year = parts
    orders = [(second, first), (first, second)]  # month and day
    days = []
    for month, day in reversed(orders) if month_first and mark != "." else orders:
        try:
            days.append(datetime(int(year), int(month), int(day), tzinfo=UTC))
        except ValueError:
            continue
    near = [day for day in days for moment in moments if abs(moment - day) <= 2 * _DAY]
    return next(iter([*near, *days]), None)
