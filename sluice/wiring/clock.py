"""The one place that reads the computer's clock; everything else takes the time as an argument."""

from __future__ import annotations

from datetime import UTC, datetime

from sluice.config import Config


def wall() -> datetime:
    """What the computer's clock says: for the times of files and of the schedule, which no configuration pins."""
    return datetime.now(UTC)  # noqa: TID251  # this is where the argument comes from


def now(config: Config) -> datetime:
    """The time of every decision: the pinned one where the configuration pins it."""
    if config.clock is not None:
        return config.clock.replace(tzinfo=UTC) if config.clock.tzinfo is None else config.clock.astimezone(UTC)
    return wall()
