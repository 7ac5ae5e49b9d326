"""Say how a gate that is not open is opened, by its causes."""

from __future__ import annotations

from collections.abc import Sequence

from sluice.domain import EMPTY, Decision, Message, Run
from sluice.rules.revisions import revised


def how_to_open(decision: Decision, runs: Sequence[Run]) -> Message:
    """Return the command that opens a gate by mending its cause; EMPTY where it is open, or has no reason.

    Args:
        decision: Decision of the gate.
        runs: Runs of its dataset, the oldest first: where none of those that close it holds rows, there is none to release.

    Example:
        >>> from datetime import UTC, datetime
        >>> reason = Message.of("newest_batch_closed", run="b1", reason=Message.of("batch_empty"))
        >>> decision = Decision("orders", "closed", (reason,), datetime(2026, 3, 1, tzinfo=UTC))
        >>> how_to_open(decision, [])
        Message(code='open_by_correction', params={'dataset': 'orders'})
    """
    codes = {reason.code for reason in decision.reasons}
    if decision.open or not codes:
        return EMPTY
    if "newest_file_unreadable" in codes:
        return Message.of("open_by_mended_file")
    if codes == {"guarded_below"}:
        return Message.of("open_by_guarding", dataset=decision.dataset)
    if codes & {"batch_missing", "newest_batch_too_old", "no_batch_in_window"}:
        return Message.of("open_by_landing")
    if _holds_rows(decision, runs):
        return Message.of("open_by_release", dataset=decision.dataset)
    return Message.of("open_by_correction", dataset=decision.dataset)


def _holds_rows(decision: Decision, runs: Sequence[Run]) -> bool:
    """Return True where one of the runs that close a gate holds rows, in its newest revision."""
    named = {part.params.get("run") for reason in decision.reasons for part in (reason, *_parts(reason))}
    return any(run.bad for run in revised(runs) if run.id in named and run.state == "published")


def _parts(reason: Message) -> Sequence[Message]:
    """Return the runs that a reason about several of them names."""
    runs = reason.params.get("runs")
    return [part for part in runs if isinstance(part, Message)] if isinstance(runs, tuple) else []
