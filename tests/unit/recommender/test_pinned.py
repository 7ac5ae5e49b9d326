"""A training reads one snapshot, whatever was published while the gates were asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sluice.domain import Decision
from sluice.worker.recommender_training import pinned_runs

NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)


def test_a_run_that_was_published_between_two_decisions_is_not_among_those_that_were_read(shop: Callable[..., Any], chain: Callable[..., Any]) -> None:
    first = Decision("clicks", "open", (), NOW, "7", ("e1",))
    later = Decision("goods", "open", (), NOW, "8", ("c1", "c2"))
    assert pinned_runs(shop(chain(users=1)), [first, later]) == ("e1", "c1")
