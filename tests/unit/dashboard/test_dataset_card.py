"""The card of a dataset links to the batch with the lowest score, where the score dropped."""

from __future__ import annotations

from datetime import UTC, datetime

from dashboard.widgets.dataset_card import lowest_batch
from sluice.domain import Run, Score


def batch(day: int, value: float | None) -> Run:
    return Run(f"b{day}", "events", "ingest", day, datetime(2026, 3, day, tzinfo=UTC), "published", published=Score(value))


def test_the_lowest_batch_is_named_where_the_score_dropped() -> None:
    dropped = [batch(1, 99.9), batch(2, 84.7), batch(3, None), batch(4, 99.9)]
    assert lowest_batch(dropped) == dropped[1]
    assert lowest_batch([batch(1, 99.9), batch(2, 99.88)]) is None
    assert lowest_batch([batch(1, None)]) is None
    assert lowest_batch([]) is None
