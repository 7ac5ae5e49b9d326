"""Describe the rows of a run that repeat others."""

from __future__ import annotations

from sluice.domain import Message, Run


def repeats_of(run: Run, within: int = 0, outdated: int = 0) -> Message:
    """Return how many rows of a run repeat another of their file or a published row, came too late to replace one, or replaced one; EMPTY where none did.

    In mode snapshot every batch replaces the table; that alone is not mentioned.

    Args:
        run: The run.
        within: How many of its copies repeat a row of their own batch.
        outdated: How many of the rows that it replaced were held, and not published.

    Example:
        >>> from datetime import UTC, datetime
        >>> run = Run("b2", "events", "ingest", 2, datetime(2026, 3, 2, tzinfo=UTC), "published", rows=3000, good=29, copies=2971)
        >>> repeats_of(run)
        Message(code='rows_copied', params={'repeats': 2971, 'rows': 3000})
    """
    replaced = run.replaced if run.copies or run.superseded else 0
    counts = {
        "rows_copied_within": within,
        "rows_copied": run.copies - within,
        "rows_superseded": run.superseded,
        "rows_replaced": max(replaced - outdated, 0),
        "held_rows_replaced": min(outdated, replaced),
    }
    return Message.join([Message.of(code, repeats=repeats, rows=run.rows) for code, repeats in counts.items() if repeats])
