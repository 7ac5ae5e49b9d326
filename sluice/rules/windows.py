"""Decide which batches count now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sluice.domain import Run

_DAY = timedelta(days=1)


def latest_end(now: datetime, every: timedelta | None = None) -> datetime:
    """Return the latest end that the period of a batch which has arrived can have: a batch of today ends at midnight, after now.

    A batch with a later end bears a wrong date, and must not count as the newest until then.

    Args:
        now: Time of the decision.
        every: Interval between batches, which is the length of their periods; None, and anything below a day: one day.

    Example:
        >>> from datetime import UTC, datetime
        >>> latest_end(datetime(2026, 3, 1, 9, tzinfo=UTC)).isoformat()
        '2026-03-02T09:00:00+00:00'
    """
    return now + max(every or _DAY, _DAY)


def in_window(end: datetime, now: datetime, window: timedelta, every: timedelta | None = None) -> bool:
    """Return True where a batch lies in the window before now: one whose period has begun and not ended counts at once.

    Args:
        end: End of the period of the batch.
        now: Time of the decision.
        window: How far back the window reaches.
        every: Interval between batches, as in `latest_end`.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> in_window(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 1, 9, tzinfo=UTC), timedelta(days=28))
        True
    """
    return now - window <= end <= latest_end(now, every)


def live_since(runs: Sequence[Run], every: timedelta | None = None) -> datetime | None:
    """Return since when batches are expected to come when they are due: history that was read at first is not late.

    That is the first run, where the history reached it (within two periods), else the end of the first later batch; None where there is none.

    Args:
        runs: The dataset's runs of every kind and state.
        every: Interval between batches; None: one day.

    Example:
        >>> from datetime import UTC, datetime
        >>> old, begun = datetime(2025, 3, 1, tzinfo=UTC), datetime(2026, 3, 1, 9, tzinfo=UTC)
        >>> live_since([Run("a", "events", "ingest", 1, old, "published", started=begun)]) is None
        True
    """
    batches = [run for run in runs if run.kind == "ingest"]
    begun = first_run(batches)
    if begun is None:
        return None
    history, later = [run.at for run in batches if run.at <= begun], [run.at for run in batches if run.at > begun]
    if history and begun - max(history) <= 2 * (every or _DAY):
        return begun
    return min(later, default=None)


def window_end(runs: Sequence[Run], now: datetime, every: timedelta | None = None) -> datetime:
    """Return when the training window ends: now, or with the newest batch where all was read as history at first and none has come since.

    Args:
        runs: The dataset's runs of every kind and state.
        now: Time of the decision.
        every: Interval between batches; None: one day.

    Example:
        >>> from datetime import UTC, datetime
        >>> old, begun = datetime(2025, 3, 1, tzinfo=UTC), datetime(2026, 3, 1, 9, tzinfo=UTC)
        >>> window_end([Run("a", "events", "ingest", 1, old, "published", started=begun)], begun).isoformat()
        '2025-03-01T00:00:00+00:00'
    """
    batches = [run.at for run in runs if run.kind == "ingest"]
    return now if not batches or live_since(runs, every) is not None else max(batches)


def first_run(runs: Sequence[Run]) -> datetime | None:
    """Return when the first batch was read; its own time where that was not recorded; None without runs."""
    return min((read_at(run) for run in runs if run.kind == "ingest"), default=None)


def read_at(run: Run) -> datetime:
    """Return when a batch was read, which says what is news to a person; its own time where that was not recorded.

    Example:
        >>> from datetime import UTC, datetime
        >>> end, read = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 4, 9, tzinfo=UTC)
        >>> read_at(Run("a", "events", "ingest", 1, end, "published", started=read)).isoformat()
        '2026-03-04T09:00:00+00:00'
    """
    return run.started or run.at
