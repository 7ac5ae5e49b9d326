"""Compare the scores of values week against week."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sluice.domain import ScoredBatch, ValueScore
from sluice.rules.profiles.choosing import last_day


@dataclass(frozen=True, slots=True)
class WeekScore:
    """Hold what the batches of a week say of one value.

    Attributes:
        rows: Number of rows that were judged.
        held: Number of those that were held.
        failing: Number of those that failed a rule.
        score: Mean of the batches' scores, weighted by their rows; None where no batch has one.
    """

    rows: int
    held: int
    failing: int
    score: float | None


@dataclass(frozen=True, slots=True)
class ValueHistory:
    """Hold the scores of one value by week.

    Attributes:
        value: The value; None for rows without one, and for `others`.
        others: Whether it stands for all values that are not named.
        weeks: By the Monday of the week, the oldest first; weeks without rows are left out.
    """

    value: str | None
    others: bool
    weeks: Mapping[date, WeekScore] = field(default_factory=dict)

    @property
    def latest(self) -> WeekScore:
        """Return the newest week."""
        return self.weeks[max(self.weeks)]

    @property
    def change(self) -> float | None:
        """Return by how many points the score of its newest week differs from that of the week with a score before; None where there is none."""
        scores = [week.score for _, week in sorted(self.weeks.items())]
        before = [score for score in scores[:-1] if score is not None]
        return None if scores[-1] is None or not before else scores[-1] - before[-1]


def week_of(batch: ScoredBatch) -> date:
    """Return the Monday of the week of a batch's last day.

    Example:
        >>> from datetime import UTC, datetime
        >>> week_of(ScoredBatch("b1", datetime(2026, 3, 16, tzinfo=UTC)))
        datetime.date(2026, 3, 9)
    """
    day = last_day(batch.at)
    return day - timedelta(days=day.weekday())


def compare_weeks(batches: Sequence[ScoredBatch], column: str, weeks: int) -> list[ValueHistory]:
    """Return the scores by the values of a column in the last weeks: the worst of the newest week first, then those that the week does not have.

    Args:
        batches: The batches.
        column: Name of the column.
        weeks: Number of weeks, that of the newest batch among them.
    """
    scored = [(week_of(batch), one) for batch in batches for one in batch.scores if one.column == column]
    if not scored:
        return []
    newest = max(week for week, _ in scored)
    first = newest - timedelta(weeks=weeks - 1)
    grouped: dict[tuple[bool, str | None], dict[date, list[ValueScore]]] = {}
    for week, one in sorted(scored, key=lambda pair: pair[0]):
        if week >= first:
            grouped.setdefault((one.others, one.value), {}).setdefault(week, []).append(one)
    histories = [ValueHistory(value, others, {week: _joined(some) for week, some in by_week.items()}) for (others, value), by_week in grouped.items()]
    return sorted(histories, key=lambda history: _urgency(history, newest))


def _joined(scores: Iterable[ValueScore]) -> WeekScore:
    scores = list(scores)
    weighted = [(one.score, one.rows) for one in scores if one.score is not None and one.rows]
    total = sum(rows for _, rows in weighted)
    mean = sum(score * rows for score, rows in weighted) / total if total else None
    return WeekScore(sum(one.rows for one in scores), sum(one.held for one in scores), sum(one.failing for one in scores), mean)


def _urgency(history: ValueHistory, newest: date) -> tuple[bool, bool, float, int, bool, str]:
    latest = history.latest
    score = 0.0 if latest.score is None else latest.score
    return newest not in history.weeks, latest.score is None, score, -latest.rows, history.others, history.value or ""
