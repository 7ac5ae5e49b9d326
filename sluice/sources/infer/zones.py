"""Notice local times: those of a file are whole hours ahead of the moment at which the file was written."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from sluice.config.checks import Check
from sluice.domain import Column
from sluice.sources.cast import to_type
from sluice.sources.cast_times import names_zone
from sluice.sources.infer.columns import spread

MIN_TIMES = 3  # different times ahead of their file; fewer may be wrong
CLOCK_ERROR = timedelta(minutes=10)  # by which the clocks of two computers may differ
LARGEST = timedelta(hours=14)  # that a zone is ahead of UTC
ZONES = (
    "Europe/London",
    "Europe/Berlin",
    "Europe/Helsinki",
    "Europe/Istanbul",
    "Asia/Dubai",
    "Asia/Karachi",
    "Asia/Dhaka",
    "Asia/Bangkok",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Pacific/Noumea",
    "Pacific/Auckland",
)
"""A zone of each whole hour, as an example."""


def local_time_checks(files: Sequence[tuple[Path, pl.DataFrame]], columns: Sequence[Column]) -> Iterator[Check]:
    """Yield a check for the first column of times that names no zone and is ahead of its file, as a shop's clock east of Greenwich is.

    A clock west of Greenwich is not noticed: its times are those of an older export.

    Args:
        files: Each file with its rows.
        columns: Columns of the dataset.
    """
    for column in columns:
        if column.type != "timestamp" or not all(column.name in frame.columns for _, frame in files):
            continue
        for path, frame in files:
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            hours = hours_ahead(frame[column.name], column, written)
            if hours:
                yield Check(_describe(hours, written), "values", column=column.name)
                return


def hours_ahead(cells: pl.Series, column: Column, written: datetime) -> int:
    """Return by how many hours the newest times of a file are ahead of it, rounded up; 0 where they are not, or where they name their zone.

    Args:
        cells: Cells of the column, as the file has them.
        column: The column, of type timestamp.
        written: When the file was written.

    Example:
        >>> times = [f"2026-11-29 {hour:02}:59:00" for hour in range(17)]
        >>> hours_ahead(pl.Series("ts", times), Column("ts", "timestamp"), datetime(2026, 11, 29, 8, tzinfo=UTC))
        9
    """
    if (isinstance(cells.dtype, pl.Datetime) and cells.dtype.time_zone) or (column.format or "").startswith("epoch"):
        return 0
    present = spread(cells.drop_nulls())
    local = present.filter(~names_zone(present.str.strip_chars())) if present.dtype == pl.String else present
    times = to_type(local, column).drop_nulls().unique()
    late = times.filter(times > written + CLOCK_ERROR)
    newest = late.max()
    if late.len() < MIN_TIMES or not isinstance(newest, datetime) or newest - written > LARGEST:
        return 0
    return math.ceil((newest - written - CLOCK_ERROR) / timedelta(hours=1))


def _describe(hours: int, written: datetime) -> str:
    zone = next((name for name in ZONES if written.astimezone(ZoneInfo(name)).utcoffset() == timedelta(hours=hours)), ZONES[-1])
    return f"its newest times are up to {hours} h ahead of the file, so they may be local times; write the shop's zone above `datasets`: `zone: {zone}`, say"
