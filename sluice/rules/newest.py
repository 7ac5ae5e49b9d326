"""Find the newest batch of a dataset, by which its gate decides."""

from __future__ import annotations

from collections.abc import Sequence

from sluice.domain import Run
from sluice.rules.quiet import without_quiet


def newest_batch(runs: Sequence[Run], *, events: bool) -> Run | None:
    """Return the newest batch; of two for one time the one that came last, such as a correction. A file of copies alone says nothing new.

    A release with an address is of a whole table, which was held for what it lost. Of events, a quiet period says nothing new either.

    Args:
        runs: Runs of a dataset, the oldest first; intents do not count.
        events: Whether its rows are events.

    Returns:
        The run; None where no batch came.

    Example:
        >>> from datetime import UTC, datetime
        >>> runs = [Run(name, "items", "ingest", 1, datetime(2026, 3, day, tzinfo=UTC), "published", rows=9) for name, day in [("b2", 2), ("b1", 1)]]
        >>> newest = newest_batch(runs, events=False)
        >>> newest and newest.id
        'b2'
    """
    arrived = [run for run in runs if (run.kind == "ingest" or (run.kind == "release" and run.uri)) and run.state != "intent"]
    batches = sorted((run for run in arrived if run.judged or not run.rows), key=lambda run: (run.at, run.state == "published"))
    batches = batches or sorted(arrived, key=lambda run: (run.at, run.state == "published"))
    newest = without_quiet(batches) if events else batches
    return newest[-1] if newest else None
