"""Notice local times, whose zone nothing names: ahead of their file, or whole hours from another clock or from the day in its name."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from sluice.config.checks import Check
from sluice.domain import Column, Message
from sluice.rules.naming.column_names import words
from sluice.sources.cast import to_type
from sluice.sources.cast_times import names_zone
from sluice.sources.file_dates import period_ends
from sluice.sources.infer.columns import spread

MIN_TIMES = 3  # different times ahead of their file; fewer may be wrong
MIN_ROWS = 20  # that have both times
MIN_SHARE = 0.95  # of the rows, or of the times, that must agree
CLOCK_ERROR = timedelta(minutes=10)  # by which the clocks of two computers may differ
LARGEST = timedelta(hours=14)  # that a zone is ahead of UTC
STEP = timedelta(minutes=15)  # of the distances of zones from UTC
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
MIN_DAYS = 2  # files of a day each whose first and last times must agree
ZONES = (
    "Europe/London",
    "Europe/Berlin",
    "Europe/Helsinki",
    "Europe/Istanbul",
    "Asia/Dubai",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Dhaka",
    "Asia/Bangkok",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Adelaide",
    "Australia/Sydney",
    "Pacific/Noumea",
    "Pacific/Auckland",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "America/Halifax",
    "America/Anchorage",
    "Pacific/Honolulu",
    "Atlantic/Azores",
)
"""Zones of most distances from UTC, as examples."""


def local_time_checks(files: Sequence[tuple[Path, pl.DataFrame]], columns: Sequence[Column]) -> Iterator[Check]:
    """Yield a check for the first column of times that names no zone and holds local times.

    They are whole hours from those of another column that names its zone, or the days of the files, which their names state, begin at another hour than
    midnight, or they are ahead of their file, as a shop's clock east of Greenwich is. Times behind their file may be those of an older export.

    Args:
        files: Each file with its rows.
        columns: Columns of the dataset.
    """
    times = [column for column in columns if column.type == "timestamp" and all(column.name in frame.columns for _, frame in files)]
    for column in times:
        reason = next(_reasons(files, column, times), None)
        if reason:
            yield Check(reason, "values", column=column.name)
            return


def _reasons(files: Sequence[tuple[Path, pl.DataFrame]], column: Column, times: Sequence[Column]) -> Iterator[Message]:
    frames = [frame for _, frame in files]
    local = _read_each(_local_times, frames, column)
    for other in times if any(cells.count() for cells in local) else ():
        reference = _read_each(_known_times, frames, other)
        if offset := clock_offset(pl.concat(local), pl.concat(reference)):
            code = "init_times_ahead" if offset > timedelta(0) else "init_times_behind"
            yield Message.of(code, hours=abs(offset) / _HOUR, column=other.name, zone=_zone(offset, _newest(local)))
    days = [None if end is None else (end - _HOUR).date() for end in period_ends([path.name for path, _ in files])]
    if offset := day_offset(local, days):
        begin = f"{(datetime(2000, 1, 1, tzinfo=UTC) + offset):%H:%M}"
        yield Message.of("init_days_begin", begin=begin, zone=_zone(offset, _newest(local)))
    for (path, _), read in zip(files, local, strict=True):
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        if hours := hours_ahead(read, written):
            yield Message.of("init_times_of_future", hours=hours, zone=_zone(timedelta(hours=hours), written))


def clock_offset(local: pl.Series, reference: pl.Series) -> timedelta | None:
    """Return by how much local times differ from those of another clock in the same rows, in quarters of an hour; None where they do not, or not alike.

    Rows may differ by an hour from the others, as in summer time.

    Args:
        local: Times without a zone, taken as UTC.
        reference: Times that name their zone, in UTC.

    Example:
        >>> from datetime import UTC, datetime
        >>> utc = pl.Series([datetime(2026, 11, 29, 12, minute, tzinfo=UTC) for minute in range(30)])
        >>> clock_offset(utc - timedelta(hours=5, seconds=20), utc)
        datetime.timedelta(days=-1, seconds=68400)
    """
    apart = (local - reference).drop_nulls()
    middle = apart.median()
    if apart.len() < MIN_ROWS or not isinstance(middle, timedelta):
        return None
    offset = round(middle / STEP) * STEP
    near = [(apart - offset - shift).abs() <= CLOCK_ERROR / 2 for shift in (timedelta(0), _HOUR, -_HOUR)]
    alike = near[0] | near[1] | near[2]
    share = alike.mean()
    is_zone = _HOUR / 2 < abs(offset) <= LARGEST
    return offset if is_zone and abs(middle - offset) <= CLOCK_ERROR / 2 and isinstance(share, float) and share >= MIN_SHARE else None


def day_offset(local: Sequence[pl.Series], days: Sequence[date | None]) -> timedelta | None:
    """Return at which time the days of files begin, as the distance from midnight; None where they begin at midnight, or not all at one full hour.

    Args:
        local: Times without a zone of each file.
        days: The day that each file's name states.
    """
    offsets = [_beginning(times, day) for times, day in zip(local, days, strict=True) if day is not None and times.count()]
    return offsets[0] if len(offsets) >= MIN_DAYS and offsets[0] and len(set(offsets)) == 1 else None


def _beginning(times: pl.Series, day: date) -> timedelta | None:
    """Return when the day of a file begins: the full hour that its first time follows and its last time a day later precedes closely."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    first, last = times.min(), times.max()
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return None
    offset = math.floor((first - start) / _HOUR) * _HOUR
    is_cut = first - start - offset <= CLOCK_ERROR and timedelta(0) < start + offset + _DAY - last <= CLOCK_ERROR
    return offset if is_cut and -_DAY / 2 <= offset <= LARGEST else None


def hours_ahead(local: pl.Series, written: datetime) -> int:
    """Return by how many hours the newest times of a file are ahead of it, rounded up; 0 where they are not.

    Args:
        local: Times without a zone, taken as UTC.
        written: When the file was written.

    Example:
        >>> times = pl.Series([datetime(2026, 11, 29, hour, 59, tzinfo=UTC) for hour in range(17)])
        >>> hours_ahead(times, datetime(2026, 11, 29, 8, tzinfo=UTC))
        9
    """
    late = local.filter(local > written + CLOCK_ERROR).unique()
    newest = late.max()
    if late.len() < MIN_TIMES or not isinstance(newest, datetime) or newest - written > LARGEST:
        return 0
    return math.ceil((newest - written - CLOCK_ERROR) / _HOUR)


def _read_each(read: Callable[[pl.Series, Column], pl.Series], frames: Sequence[pl.DataFrame], column: Column) -> list[pl.Series]:
    """Return the times of a column in each file, of many rows evenly spread ones; files of one type are read at once, which takes fewer calls."""
    cells = [spread(frame[column.name]) for frame in frames]
    if len({part.dtype for part in cells}) > 1:
        return [read(part, column) for part in cells]
    times, ends = read(pl.concat(cells), column), list(accumulate(map(len, cells), initial=0))
    return [times.slice(start, end - start) for start, end in pairwise(ends)]


def _local_times(cells: pl.Series, column: Column) -> pl.Series:
    """Return the times of the cells that name no zone, taken as UTC, null elsewhere."""
    if _is_in_utc(cells, column):
        return pl.repeat(None, cells.len(), dtype=pl.Datetime("us", "UTC"), eager=True)
    return to_type(cells.set(names_zone(cells.str.strip_chars()).fill_null(value=True), None) if cells.dtype == pl.String else cells, column)


def _known_times(cells: pl.Series, column: Column) -> pl.Series:
    """Return the times of the cells that name their zone, null elsewhere."""
    if _is_in_utc(cells, column) or {"utc", "gmt"} & set(words(column.name)):
        return to_type(cells, column)
    if cells.dtype != pl.String:
        return pl.repeat(None, cells.len(), dtype=pl.Datetime("us", "UTC"), eager=True)
    return to_type(cells.set(~names_zone(cells.str.strip_chars()).fill_null(value=False), None), column)


def _is_in_utc(cells: pl.Series, column: Column) -> bool:
    return bool(isinstance(cells.dtype, pl.Datetime) and cells.dtype.time_zone) or (column.format or "").startswith("epoch")


def _newest(times: Sequence[pl.Series]) -> datetime:
    newest = pl.concat(times).max()
    return newest if isinstance(newest, datetime) else datetime(2000, 1, 1, tzinfo=UTC)


def _zone(offset: timedelta, at: datetime) -> Message:
    zone = next((name for name in ZONES if at.astimezone(ZoneInfo(name)).utcoffset() == offset), None)
    return Message.of("init_zone", zone=zone) if zone else Message.of("init_some_zone")
