"""Find the scores of a dataset by the values of a column, by week."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sluice.app.app import App
from sluice.domain import EMPTY, Message
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.rules.value_weeks import ValueHistory, compare_weeks


def score_histories(app: App, dataset: str, by: str | None, weeks: int) -> tuple[str, Sequence[ValueHistory]]:
    """Return the column that values are of, and their scores by week, the worst first.

    Args:
        app: The application.
        dataset: Name of the dataset.
        by: Name of the column; None for the only one, or the first of `score_by`.
        weeks: Number of weeks.

    Raises:
        UsageError: There is no such dataset, or it has no scores by that column.
    """
    configured = app.config.datasets[app.require_dataset(dataset)].score_by
    scored = app.store.value_scores.columns(dataset)
    column = by or next((name for name in (*configured, *scored) if name in scored), None)
    if column is None or column not in scored:
        raise make_error(UsageError, _missing(dataset, column or next(iter(configured), None), configured, scored))
    return column, compare_weeks(app.store.value_scores.batches(dataset, column, weeks), column, weeks)


def _missing(dataset: str, column: str | None, configured: Sequence[str], scored: Sequence[str]) -> Message:
    if column in configured:
        return Message.of("scores_not_yet", dataset=dataset, column=column)
    if column is None:
        return Message.of("scores_without_column", dataset=dataset)
    others = Message.of("scores_by_others", columns=tuple(scored)) if scored else EMPTY
    return Message.of("scores_not_by_column", dataset=dataset, column=column, others=others)


def history_facts(histories: Sequence[ValueHistory], by: str) -> Iterator[Mapping[str, Any]]:
    """Yield a row for programs for each value and week."""
    for history in histories:
        for week, one in history.weeks.items():
            facts = {"by": by, "value": history.value, "others": history.others, "week": week.isoformat()}
            yield {**facts, "rows": one.rows, "held": one.held, "failing": one.failing, "score": one.score}


def weeks_in(histories: Sequence[ValueHistory]) -> list[date]:
    """Return the weeks of some histories, the oldest first."""
    return sorted({week for history in histories for week in history.weeks})
