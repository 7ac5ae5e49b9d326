"""Read the computer's clock: the one place; everything else takes the time as an argument."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sluice.config import Config, RunningClock


def wall() -> datetime:
    """Return the time of the computer's clock: for the times of files and of the schedule, which no configuration pins."""
    return datetime.now(UTC)  # noqa: TID251  # this is where the argument comes from


def now(config: Config) -> datetime:
    """Return the time of every decision: the configured clock, pinned or running; else the computer's."""
    match config.clock:
        case None:
            return wall()
        case RunningClock(start=start, since=since):
            return _utc(start) + max(wall() - _utc(since), timedelta(0))
        case pinned:
            return _utc(pinned)


def _utc(moment: datetime) -> datetime:
    """Return a plain datetime in UTC: that of the loader of YAML loses its zone in a deep copy, as of `dataclasses.asdict`."""
    in_utc = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return datetime.combine(in_utc.date(), in_utc.time(), UTC)
