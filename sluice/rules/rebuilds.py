"""Decide whether a rebuild held so many rows that the rest may not be learned from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sluice.domain import GatePolicy, Message, Run
from sluice.rules.releases import undone_releases


def closed_rebuilds(runs: Sequence[Run], policy: GatePolicy, since: datetime) -> Iterator[Message]:
    """Yield a message for each rebuild that holds more than the quarantined share, until its rows are released or a batch as large replaces them.

    Args:
        runs: Runs of a dataset of every kind and state.
        policy: Limits of the gate.
        since: Start of the training window.

    Example:
        >>> from datetime import UTC
        >>> at = datetime(2026, 3, 1, tzinfo=UTC)
        >>> rebuild = Run("r", "items", "rebuild", 2, at, "published", rows=100, good=10, bad=90)
        >>> release = Run("s", "items", "release", 3, at, "published", rows=80, good=80)
        >>> [len(list(closed_rebuilds(runs, GatePolicy(), at))) for runs in ([rebuild], [rebuild, release])]
        [1, 0]
    """
    for run in runs:
        if run.kind != "rebuild" or run.state != "published" or run.at < since or not run.bad:
            continue
        later = [other for other in runs if other.state == "published" and (other.seq or 0) > (run.seq or 0)]
        undone = undone_releases(later)
        released = sum(other.rows - other.bad for other in later if other.kind in ("release", "replay") and other.id not in undone)
        share = (run.bad - released) / run.rows
        replaced = any(other.good >= (1 - policy.max_quarantined) * run.rows for other in later if other.kind == "ingest")
        if share > policy.max_quarantined and not replaced:
            reason = Message.of("quarantined_above", share=share, limit=policy.max_quarantined)
            yield Message.of("rebuild_closed", run=run.id, reason=reason)
