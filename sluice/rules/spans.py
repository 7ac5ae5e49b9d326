"""Durations as messages."""

from __future__ import annotations

from datetime import timedelta

from sluice.domain import Message


def age(span: timedelta) -> Message:
    """Return a duration in days from two days on, else in hours."""
    hours = span.total_seconds() / 3600
    return Message.of("age_days", days=hours / 24) if hours >= 48 else Message.of("age_hours", hours=hours)
