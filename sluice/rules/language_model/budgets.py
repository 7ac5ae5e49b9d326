"""Decide whether a question may still be asked today, and when a call is tried again."""

from __future__ import annotations

from datetime import UTC, datetime

from sluice.domain import Message, Usage

FIRST_PAUSE = 1.0  # seconds
LONGEST_PAUSE = 30.0


def start_of_day(now: datetime) -> datetime:
    """Return when the day of a budget began, in UTC.

    Example:
        >>> start_of_day(datetime(2026, 3, 1, 23, 30, tzinfo=UTC)).isoformat()
        '2026-03-01T00:00:00+00:00'
    """
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def why_not(used: Usage, calls: int, tokens: int, expected: int) -> Message | None:
    """Return why a question may not be asked today; None where it may.

    Args:
        used: What was used today.
        calls: Calls a day.
        tokens: Tokens a day.
        expected: Tokens of the question.

    Example:
        >>> why_not(Usage(3, 100), 5, 1000, 200) is None, why_not(Usage(5, 100), 5, 1000, 200).code, why_not(Usage(3, 900), 5, 1000, 200).code
        (True, 'language_model_calls_spent', 'language_model_tokens_spent')
    """
    if used.calls >= calls:
        return Message.of("language_model_calls_spent", calls=calls)
    if used.tokens + expected > tokens:
        return Message.of("language_model_tokens_spent", tokens=tokens, used=used.tokens, expected=expected)
    return None


def pause_before(attempt: int, after: float | None) -> float:
    """Return the seconds before a further attempt: what the server names, else twice as long each time.

    Args:
        attempt: Number of the failed attempts.
        after: What the server names.

    Example:
        >>> [pause_before(attempt, None) for attempt in (1, 2, 3)], pause_before(1, 7), pause_before(1, 9000)
        ([1.0, 2.0, 4.0], 7, 30.0)
    """
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1) if after is None else max(0.0, after))
