"""Hold when a scheduled job fired last, and when it fires next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Firing:
    """Record one firing of a scheduled job.

    Attributes:
        fire_time: When it was due.
        state: begun, failed or done.
        began: When the newest attempt began.
        finished: When that attempt ended; None while it is under way, and where its worker died.
        attempts: Number of attempts.
    """

    fire_time: datetime
    state: str
    began: datetime
    finished: datetime | None
    attempts: int


@dataclass(frozen=True, slots=True)
class ScheduledJob:
    """Represent a job of the schedule.

    Attributes:
        cron: Its cron line.
        zone: Time zone of the cron line.
        last: Its newest firing that was attempted; None where there is none.
        following: Its next firings, in its time zone.
        worker: Who runs it now; empty where nobody does.
    """

    job: str
    cron: str
    zone: str
    last: Firing | None
    following: tuple[datetime, ...]
    worker: str = ""
