"""Decide when a run, and a dataset, may be learned from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sluice.domain import Decision, GatePolicy, GateState, Message, Override, Run
from sluice.rules.newest import newest_batch
from sluice.rules.rebuilds import closed_rebuilds
from sluice.rules.released_cells import released_notes
from sluice.rules.revisions import revised
from sluice.rules.spans import age
from sluice.rules.unread import unread_notes, unread_runs
from sluice.rules.windows import in_window, latest_end, live_since, window_end

_NAMED_RUNS = 3  # the newest ones of those that close a gate


def decide(
    run: Run, untrained: Sequence[str], policy: GatePolicy, *, blocked: Sequence[str] = (), unjudged: Sequence[Message] = ()
) -> tuple[GateState, tuple[Message, ...]]:
    """Decide whether the rows of one run may be learned from; return the state and the reasons against it.

    Args:
        run: Its scores and counts.
        untrained: Detectors that were skipped because they are not trained yet.
        policy: Limits of the gate.
        blocked: Rules with `on_fail: block` that failed.
        unjudged: Which critical rules were not evaluated, and why.

    Example:
        >>> from datetime import UTC, datetime
        >>> from sluice.domain import Score
        >>> low = Score(85.0, {"validity": 80.0, "volume": 90.0})
        >>> run = Run("b1", "events", "ingest", 1, datetime(2026, 3, 1, tzinfo=UTC), "published", published=low, rows=100, good=100)
        >>> state, reasons = decide(run, [], GatePolicy(minimum=90))
        >>> state, reasons[0].code, reasons[0].params["value"]
        ('closed', 'worst_dimension_below', 80.0)
    """
    if run.state == "failed":
        return "closed", (Message.of("file_unreadable", error=run.error),)
    if blocked:
        return "closed", (Message.of("batch_blocked", rules=tuple(blocked)),)
    if run.kind in ("rebuild", "recheck", "undo_release") or (run.rows and not run.judged):
        quarantined = tuple(_quarantined(run, policy)) if run.kind != "undo_release" else ()  # its batch is decided by the revision
        return ("closed" if quarantined else "open"), quarantined  # every row was decided with another run: its own, or that of the row it repeats
    if run.kind == "ingest" and not run.rows:
        return "unknown", (Message.of("batch_empty"),)
    exceeded = tuple(_exceeded(run, untrained, policy))
    if run.published.value is None or run.published.worst is None:
        return ("closed" if exceeded else "unknown"), (*exceeded, *(unjudged or (Message.of("score_missing"),)))
    return ("closed" if exceeded else "open"), exceeded


def _exceeded(run: Run, untrained: Sequence[str], policy: GatePolicy) -> Iterator[Message]:
    """Yield a message for each limit that a run exceeds."""
    for dimension, value in run.published.dimensions.items():
        if value < policy.minimum:
            yield Message.of("worst_dimension_below", dimension=dimension, value=value, limit=policy.minimum)
    if run.kind == "ingest":  # rows that are judged again were few, and bad, to begin with
        yield from _quarantined(run, policy)
    if untrained and not policy.allow_untrained_detectors:
        yield Message.of("detectors_untrained", rules=tuple(untrained))


def _quarantined(run: Run, policy: GatePolicy) -> Iterator[Message]:
    share = run.bad / run.rows if run.rows else 0.0
    if share > policy.max_quarantined:
        yield Message.of("quarantined_above", share=share, limit=policy.max_quarantined)


def gate(
    dataset: str,
    runs: Sequence[Run],
    policy: GatePolicy,
    *,
    now: datetime,
    snapshot: str,
    every: timedelta | None = None,
    missing: Sequence[datetime] = (),
    override: Override | None = None,
    events: bool = False,
    tables: bool = False,
    guarded: float | None = None,
) -> Decision:
    """Decide whether a dataset may be learned from now, by the runs of the training window, the newest included.

    A batch of today counts at once, though its period ends after now. Of a shop that has read history alone, the window ends with the newest batch.

    Args:
        dataset: Name of the dataset.
        runs: Its runs of every kind and state, the oldest first; the newest revision of each counts.
        policy: Limits of the gate.
        now: Time of the decision.
        snapshot: Id of the snapshot that an open decision pins.
        every: Interval between batches; None where none is known.
        missing: Ends of the periods in which a batch was expected and none arrived.
        override: Override in force, if any.
        events: Whether its rows are events: then a batch without rows may be a quiet period, and the batch before it decides.
        tables: Whether each batch replaces the table: then a file that is older than the published table is not missed.
        guarded: Share of the cells that something guards; None where it was not measured.

    Example:
        >>> from datetime import UTC, datetime
        >>> decision = gate("events", [], GatePolicy(), now=datetime(2026, 3, 1, tzinfo=UTC), snapshot="7")
        >>> decision.state, [reason.code for reason in decision.reasons]
        ('unknown', ['no_batch_in_window'])
    """
    arrived = [run for run in revised(runs) if run.at <= latest_end(now, every)]
    end = window_end(arrived, now, every)
    window = [run for run in arrived if in_window(run.at, end, policy.window, every)]
    published = [run for run in window if run.adds_rows and run.state == "published"]
    newest = newest_batch(arrived, events=events) if any(run.kind == "ingest" for run in published) else None
    decided = _state_of_window(newest, published, arrived, policy, now, missing, live_since(arrived, every))
    decided = _with_rebuilds(decided, tuple(closed_rebuilds(arrived, policy, end - policy.window)))
    state, reasons = _with_coverage(decided, policy, guarded)
    unread = [run for run in unread_runs(arrived, end - policy.window, tables=tables) if run is not newest]
    reasons = (*reasons, *released_notes(published), *unread_notes(unread))  # of how many rows they are nobody knows: they are named, and close nothing
    score, newest_id = (newest.published.value, newest.id) if newest else (None, None)
    trusted = tuple(run.id for run in published if run.decision == "open")
    if override is not None and state != "open" and override.at <= now < override.expires:
        trusted = trusted or tuple(run.id for run in published)
        reasons = (Message.of("gate_overridden_until", by=override.by, until=override.expires.isoformat(), reason=override.reason), *reasons)
        return Decision(dataset, "open", reasons, now, snapshot, trusted, override, score, guarded, newest_id)
    pinned, trusted = (snapshot, trusted) if state == "open" else (None, ())
    return Decision(dataset, state, reasons, now, pinned, trusted, None, score, guarded, newest_id)


def _with_rebuilds(decided: tuple[GateState, tuple[Message, ...]], closed: tuple[Message, ...]) -> tuple[GateState, tuple[Message, ...]]:
    """Close a gate where a rebuild held too much of what was published."""
    state, reasons = decided
    return ("closed" if closed else state), (*closed, *reasons)


def _with_coverage(decided: tuple[GateState, tuple[Message, ...]], policy: GatePolicy, guarded: float | None) -> tuple[GateState, tuple[Message, ...]]:
    """Close a gate where too little is guarded: a good score of little says little."""
    state, reasons = decided
    if policy.minimum_guarded is None or (guarded is not None and guarded >= policy.minimum_guarded):
        return state, reasons
    if guarded is None:
        return ("closed" if state == "closed" else "unknown"), (*reasons, Message.of("guarded_unmeasured", limit=policy.minimum_guarded))
    return "closed", (*reasons, Message.of("guarded_below", value=guarded, limit=policy.minimum_guarded))


def _state_of_window(
    newest: Run | None,
    published: Sequence[Run],
    runs: Sequence[Run],
    policy: GatePolicy,
    now: datetime,
    missing: Sequence[datetime],
    live: datetime | None,
) -> tuple[GateState, tuple[Message, ...]]:
    if newest is None:
        return "unknown", (Message.of("no_batch_in_window"),)
    audit = _last_audit(runs)
    late = (*_missing_since(newest, missing), *_too_old(newest, policy, now, live))
    reasons = (*_newest_not_open(newest), *late, *_closed_share(published, policy), *_failed(audit))
    unknown = tuple(_unknown(newest, audit))
    if reasons or unknown:
        return "closed" if reasons else "unknown", (*reasons, *unknown)
    return "open", tuple(Message.of("newest_batch_notes", run=newest.id, reason=reason) for reason in newest.reasons if reason.code == "column_renamed")


def _last_audit(runs: Sequence[Run]) -> Run | None:
    return next((run for run in reversed(runs) if run.kind == "audit"), None)


def _newest_not_open(newest: Run) -> Iterator[Message]:
    if newest.state == "failed":
        yield Message.of("newest_file_unreadable", run=newest.id, error=newest.error)
    elif newest.state == "published" and newest.decision == "closed":
        yield from (Message.of("newest_batch_closed", run=newest.id, reason=reason) for reason in newest.reasons)


def _unknown(newest: Run, audit: Run | None) -> Iterator[Message]:
    """Yield why the newest batch and the last audit could not be judged."""
    for run in filter(None, (newest, audit)):
        if run.decision == "unknown":
            reasons = run.reasons or (Message.of("score_missing"),)
            yield from (Message.of("newest_not_judged", run=run.id, reason=reason) for reason in reasons)


def _missing_since(newest: Run, missing: Sequence[datetime]) -> Iterator[Message]:
    yield from (Message.of("batch_missing", due=due.isoformat()) for due in missing if due > newest.at)


def _too_old(newest: Run, policy: GatePolicy, now: datetime, live: datetime | None) -> Iterator[Message]:
    if policy.max_age is not None and live is not None and now - max(newest.at, live) > policy.max_age:
        yield Message.of("newest_batch_too_old", age=age(now - newest.at), limit=age(policy.max_age))


def _closed_share(published: Sequence[Run], policy: GatePolicy) -> Iterator[Message]:
    """Yield a message where too many rows of the window are in runs that are not open."""
    rows = sum(run.good for run in published)
    closed = sum(run.good for run in published if run.decision != "open")
    if rows and closed / rows > policy.max_closed:
        causes = [run for run in published if run.decision != "open" and run.good and run.reasons]
        runs = tuple(Message.of("run_because", run=run.id, reasons=run.reasons) for run in causes[-_NAMED_RUNS:])
        yield Message.of("closed_rows_above", share=closed / rows, limit=policy.max_closed, runs=runs)


def _failed(audit: Run | None) -> Iterator[Message]:
    if audit is not None and audit.decision == "closed":
        yield Message.of("audit_failed", run=audit.id, reasons=audit.reasons)


def missing(arrived: Sequence[datetime], every: timedelta | None, *, now: datetime, grace: timedelta = timedelta(0)) -> list[datetime]:
    """Return the ends of the periods, from the first arrival to now, in which a batch was expected and none arrived.

    Args:
        arrived: Times of the batches, in any order.
        every: Interval between batches; None where none is known.
        now: Time of the decision.
        grace: How late a batch may be before it counts as missing.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> days = [datetime(2026, 3, day, tzinfo=UTC) for day in (1, 2, 4)]
        >>> [due.day for due in missing(days, timedelta(days=1), now=days[-1])]
        [3]
    """
    if every is None or not arrived:
        return []
    first = min(arrived)
    present = {round((moment - first) / every) for moment in arrived}
    due = int((now - grace - first) / every)
    return [first + slot * every for slot in range(1, due + 1) if slot not in present]
