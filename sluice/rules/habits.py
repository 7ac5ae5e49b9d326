"""Recognise a rule that fails on every batch: it is too strict, or says of what is usual that it is wrong, and people stop to look at it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import takewhile

from sluice.domain import Message
from sluice.rules.rule_history import RulePoint, judged

MIN_BATCHES, MIN_SPAN = 10, timedelta(days=14)


def describe_habit(points: Sequence[RulePoint]) -> Message | None:
    """Say since when a rule fails on every batch, and what was observed; None unless it does so for two weeks and ten batches.

    Args:
        points: What the rule said of each batch, the oldest first. Batches that it did not judge do not count.

    Example:
        >>> from datetime import UTC, datetime
        >>> observed = Message.of("rows_failing", failed=3, rows=100, share=0.03)
        >>> days = [datetime(2026, 3, day, tzinfo=UTC) for day in range(1, 17)]
        >>> habit = describe_habit([RulePoint("r", day, "failed", 100, 3, Message.of("cell_empty", column="price"), observed) for day in days])
        >>> habit.code, habit.params["batches"]
        ('incident_habit', 16)
    """
    streak = list(takewhile(lambda point: point.status == "failed", reversed(judged(points))))
    if len(streak) < MIN_BATCHES or streak[0].at - streak[-1].at < MIN_SPAN:
        return None
    batches, since = len(streak), streak[-1].at.isoformat()
    values = [point.value for point in streak if point.value is not None]
    if not values:
        return Message.of("incident_habit_unmeasured", batches=batches, since=since)
    observed = Message.of("habit_shares" if streak[0].is_share else "habit_values", low=min(values), high=max(values))
    return Message.of("incident_habit", batches=batches, since=since, observed=observed)
