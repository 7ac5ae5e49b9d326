"""Say how a gate that is not open is opened, by its causes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from sluice.domain import EMPTY, Decision, Message, Run
from sluice.rules.causes import named_runs
from sluice.rules.revisions import revised

_LIMITS: Mapping[str, str] = {
    "quarantined_above": "max_quarantined",
    "worst_dimension_below": "minimum",
    "detectors_untrained": "allow_untrained_detectors",
}
_ADVICE_ON_REFERENCES: Mapping[str, str] = {"reference_not_open": "open_by_reference", "reference_never_came": "open_by_landing_reference"}


def how_to_open(decision: Decision, runs: Sequence[Run], held: Collection[str]) -> Message:
    """Return the command that opens a gate by mending its cause; EMPTY where it is open, or has no reason.

    Args:
        decision: Decision of the gate.
        runs: Runs of its dataset, the oldest first: where none of those that close it holds rows, there is none to release.
        held: Ids of the runs that rows which are held now came with; rejected rows are held no longer.

    Example:
        >>> from datetime import UTC, datetime
        >>> reason = Message.of("newest_batch_closed", run="b1", reason=Message.of("batch_empty"))
        >>> decision = Decision("orders", "closed", (reason,), datetime(2026, 3, 1, tzinfo=UTC))
        >>> how_to_open(decision, [], held=())
        Message(code='open_by_correction', params={'dataset': 'orders'})
    """
    reasons = {reason.code: reason for reason in decision.reasons}
    if decision.open or not reasons:
        return EMPTY
    if "newest_file_unreadable" in reasons:
        return Message.of("open_by_mended_file")
    for code, advice in _ADVICE_ON_REFERENCES.items():
        if code in reasons:
            return Message.of(advice, dataset=decision.dataset, reference=reasons[code].params["reference"])
    return _open_by_own_cause(decision, runs, held, reasons.keys())


def _open_by_own_cause(decision: Decision, runs: Sequence[Run], held: Collection[str], codes: Collection[str]) -> Message:
    dataset = decision.dataset
    if set(codes) == {"guarded_below"}:
        return Message.of("open_by_guarding", dataset=dataset)
    if not {"batch_missing", "newest_batch_too_old", "no_batch_in_window"}.isdisjoint(codes):
        return Message.of("open_by_landing")
    if _holds_rows(decision, runs, held):
        return Message.of("open_by_release", dataset=dataset)
    return _open_without_release(decision, codes)


def _open_without_release(decision: Decision, codes: Collection[str]) -> Message:
    """Return what opens a gate where no row is held that could be released."""
    dataset = decision.dataset
    if renamed := next(_renamed(decision.reasons), None):
        return Message.of("open_by_rename", dataset=dataset, column=renamed.params["column"], similar=renamed.params["similar"])
    if set(codes) <= {"closed_rows_above", "file_unread", "more_files_unread"}:
        return Message.of("open_by_good_batches", dataset=dataset)
    if limits := tuple(dict.fromkeys(_limits(decision.reasons))):
        return Message.of("open_by_corrected_batch", dataset=dataset, limits=limits)
    return Message.of("open_by_correction", dataset=dataset)


def _renamed(reasons: Sequence[Message]) -> Iterator[Message]:
    """Yield what the reasons against the newest batch say of columns that may be renamed."""
    for reason in reasons:
        cause = reason.params.get("reason")
        for part in (cause, cause.params.get("reason")) if isinstance(cause, Message) else ():
            if isinstance(part, Message) and part.code == "column_renamed":
                yield part


def _limits(reasons: Sequence[Message]) -> Iterator[str]:
    """Yield the settings of the gate that the newest batch exceeds."""
    for reason in reasons:
        cause = reason.params.get("reason")
        if isinstance(cause, Message) and cause.code in _LIMITS:
            yield _LIMITS[cause.code]


def _holds_rows(decision: Decision, runs: Sequence[Run], held: Collection[str]) -> bool:
    """Return True where one of the runs that close a gate holds rows now; a rebuild, or a release of a whole table, holds those of other runs."""
    named = named_runs(decision.reasons)
    closing = [run for run in revised(runs) if run.id in named and run.bad and run.state == "published"]
    return any(run.id in held or (run.kind != "ingest" and held) for run in closing)
