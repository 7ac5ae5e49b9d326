"""Decide how many requests are admitted in a time: a token bucket."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bucket:
    """Hold how many requests are admitted at once.

    Attributes:
        level: Number of requests, with fractions of the next one.
        at: Time of the level, in seconds.
    """

    level: float
    at: float


def admit(bucket: Bucket | None, now: float, *, per_minute: float, most: float) -> tuple[Bucket, float]:
    """Return the bucket after a request, and the seconds until one is admitted: 0 where this one is.

    Args:
        bucket: Bucket before the request; None before the first one.
        now: Time in seconds, from any origin.
        per_minute: Requests that are admitted in a minute, over a long time.
        most: Requests that are admitted at once, after a pause.

    Example:
        >>> bucket, waits = admit(None, 0.0, per_minute=60, most=2)
        >>> bucket, waits = admit(bucket, 0.0, per_minute=60, most=2)
        >>> admit(bucket, 0.25, per_minute=60, most=2)[1]
        0.75
    """
    pace = per_minute / 60
    level = most if bucket is None else min(most, bucket.level + max(0.0, now - bucket.at) * pace)
    return (Bucket(level - 1, now), 0.0) if level >= 1 else (Bucket(level, now), (1 - level) / pace)
