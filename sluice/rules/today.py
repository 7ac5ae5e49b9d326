"""Decide what is news to a person, how bad it is, and which sentence says it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sluice.domain import QUIET_LEVEL, Decision, Incident, Look, MainReason, Message, News, Run
from sluice.rules.causes import named_runs
from sluice.rules.revisions import newest_revisions, revised
from sluice.rules.unread import unread_runs
from sluice.rules.windows import read_at

VISIT = timedelta(minutes=30)
"""Pause after which a look begins another visit."""

_DAY = timedelta(days=1)
_FIRST = _DAY
_NO_TROUBLE = (0, 0.0)
_NOTES = ("file_unread", "file_unread_named", "more_files_unread")  # beside the reasons why a gate is not open
_CLOSED, _UNKNOWN, _UNREAD, _HELD, _INCIDENT = range(QUIET_LEVEL)


def next_look(before: Look | None, now: datetime) -> Look:
    """Return the look of now: within a visit, what is news stays news.

    Example:
        >>> from datetime import UTC, datetime
        >>> morning, noon = datetime(2026, 3, 1, 8, tzinfo=UTC), datetime(2026, 3, 1, 12, tzinfo=UTC)
        >>> next_look(Look(morning), noon).since == morning
        True
    """
    if before is None or before.at > now:
        return Look(now)
    return Look(now, before.at if now - before.at > VISIT else before.since)


def news_since(look: Look) -> datetime:
    """Return since when things are news: since the visit before, at the first one since a day."""
    return look.since or look.at - _FIRST


def recent_batches(runs: Sequence[Run], since: datetime, rejected: Mapping[str, int], decision: Decision, *, tables: bool = False) -> list[Run]:
    """Return the batches that are news, the newest first, with the rows of each that are published and held now.

    Those were read since a time, without files that were sent again; a batch for which the gate is not open stays news until it is.

    Args:
        runs: Runs of one dataset, the oldest first.
        since: The time.
        rejected: By run, how many of its rows a person rejected, which is no revision.
        decision: Decision of the gate now.
        tables: As in `unread_runs`.
    """
    unread = {run.id for run in unread_runs(runs, min((run.at for run in runs), default=since), tables=tables)}
    closing = closing_batches(decision)
    batches = [run for run in revised(runs) if run.kind == "ingest" and (run.state == "published" or run.id in unread)]
    recent = [run for run in batches if read_at(run) > since or run.id in closing]
    revisions = newest_revisions(runs)
    good = {run.id: revisions[run.id].good if run.id in revisions else run.good for run in recent}  # rows that a release published are counted too
    return [replace(run, good=good[run.id], bad=max(run.bad - rejected.get(run.id, 0), 0)) for run in recent[::-1]]


def closing_batches(decision: Decision) -> frozenset[str]:
    """Return the ids of the runs for which a gate is not open, or would not be without an override."""
    if decision.open and decision.override is None:
        return frozenset()
    return named_runs(reason for reason in decision.reasons if reason.code not in _NOTES)


def worst_batch(batches: Sequence[Run], decision: Decision) -> Run | None:
    """Return the batch that a person should hear of first.

    That is one for which the gate is not open, then the largest share of rows that are missing: all of a file that could not be read, and held ones.
    The share halves with each day by which a batch is older than the newest. Copies come last.

    Args:
        batches: Batches of one dataset, the newest first; of equals the newest counts.
        decision: Decision of the gate now.
    """
    closing = closing_batches(decision)
    troubled = [run for run in batches if _trouble(run) > _NO_TROUBLE]
    newest = max((run.at for run in batches), default=None)

    def need(run: Run) -> tuple[bool, int, float]:
        kind, share = _trouble(run)
        days = (newest - run.at) / _DAY if newest else 0.0
        return run.id in closing, kind, share * 0.5**days

    return max(troubled, key=need, default=None)


def _trouble(run: Run) -> tuple[int, float]:
    if run.state == "failed":
        return 1, 1.0
    if run.bad:
        return 1, run.bad / run.rows
    return 0, run.copies / run.rows if run.rows and run.copies * 2 > run.rows else 0.0


def tell(
    dataset: str,
    batches: Sequence[Run],
    reason: MainReason | None,
    decision: Decision,
    incidents: Sequence[Incident],
    since: datetime,
    doubts: Sequence[Message] = (),
    *,
    tables: bool = False,
) -> News:
    """Return the news of one dataset.

    Args:
        dataset: Name of the dataset.
        batches: What was read since the last look, the newest first, with the rows that are held now.
        reason: What holds most rows of the worst of them; None where nothing does.
        decision: Decision of its gate now.
        incidents: Its incidents that need somebody, the newest first.
        since: Time of the last look.
        doubts: What is said of cleaners whose repairs people undo too often, the most doubtful first; the first is told.
        tables: Whether a batch replaces the table of the one before it.
    """
    batch = worst_batch(batches, decision)
    incidents = sorted(incidents, key=lambda incident: incident.severity != "critical")  # all of them need somebody
    others = [incident for incident in incidents if reason is None or incident.rule != reason.rule]
    about = _of_batches(batch, batches, reason) if batch else _without_trouble(batches, since, tables=tables)
    gate = () if batch else _of_gate(decision)
    message = Message.join([*about, *_of_incidents(others), *gate, *_of_override(decision), *doubts[:1]])
    only_copies = batch is None or _trouble(batch)[0] == 0  # then an incident is what a person should act on
    rule = reason.rule if reason else others[0].rule if others and only_copies else ""
    incident = next((incident.id for incident in incidents if incident.rule == rule), None)
    level = min(_level(batch, decision, incidents), _INCIDENT if doubts else QUIET_LEVEL)
    cleaner = str(doubts[0].params["cleaner"]) if doubts else ""
    news = News(dataset, message, decision.state, level, rule=rule, incident=incident, cleaner=cleaner, override=decision.override)
    return news if batch is None else replace(news, run=batch.id, held=batch.bad, share=batch.bad / batch.rows if batch.rows else 0.0)


def _of_batches(worst: Run, batches: Sequence[Run], reason: MainReason | None) -> Iterator[Message]:
    yield from _of_batch(worst, reason)
    if others := sum(1 for run in batches if run is not worst and _trouble(run) > _NO_TROUBLE):
        yield Message.of("today_more", batches=others)


def _of_batch(run: Run, reason: MainReason | None) -> Iterator[Message]:
    file = run.uri.rsplit("/", 1)[-1] or run.id
    if run.state == "failed":
        named = "file" in run.error.params  # then the error begins with it
        yield Message.of("today_unread", error=run.error) if named else Message.of("today_file_unread", file=file, error=run.error)
        return
    if run.bad:
        held = Message.of("today_only_held", file=file) if run.rows == 1 else Message.of("today_held", rows=run.rows, held=run.bad, file=file)
        yield _because(run, held, reason) if reason else held
        return
    yield Message.of("today_copies", rows=run.rows, copies=run.copies, file=file)


def _because(run: Run, held: Message, reason: MainReason) -> Message:
    """Return how many rows are held, and why; where some have left, only those that were held at first are counted by reason."""
    if reason.rows >= reason.held:
        return Message.of("today_because", rows=held, held=run.bad, problem=reason.problem)
    if run.bad < reason.held:
        return Message.of("today_most_at_first", held=held, first=reason.held, rows=reason.rows, problem=reason.problem)
    code = "today_most_because" if reason.rows * 2 > run.bad else "today_some_because"
    return Message.of(code, held=held, rows=reason.rows, problem=reason.problem)


def _without_trouble(batches: Sequence[Run], since: datetime, *, tables: bool) -> Iterator[Message]:
    if batches and tables:
        yield Message.of("today_good_tables", batches=len(batches), rows=max(batches, key=lambda run: run.at).good)
    elif batches:
        yield Message.of("today_good", batches=len(batches), rows=sum(run.good for run in batches))
    else:
        yield Message.of("today_nothing", since=since.isoformat())


def _of_incidents(incidents: Sequence[Incident]) -> Iterator[Message]:
    if incidents:
        yield Message.of("today_incidents", incidents=len(incidents), problem=incidents[0].message)


def _of_gate(decision: Decision) -> Iterator[Message]:
    """Yield why the gate is not open, where no batch says it."""
    if not decision.open and decision.reasons:
        yield Message.of("today_gate", state=decision.state, reason=decision.reasons[0])


def _of_override(decision: Decision) -> Iterator[Message]:
    """Yield who opened the gate, and until when."""
    if (override := decision.override) is not None:
        yield Message.of("today_overridden", by=override.by, until=override.expires.isoformat(), reason=override.reason)


def _level(batch: Run | None, decision: Decision, incidents: Sequence[Incident]) -> int:
    if not decision.open:
        return _CLOSED if decision.state == "closed" else _UNKNOWN
    if decision.override is not None:  # it is open on a person's word alone, for a while
        return _UNKNOWN
    if batch is not None and (batch.state == "failed" or batch.bad):
        return _UNREAD if batch.state == "failed" else _HELD
    return _INCIDENT if incidents else QUIET_LEVEL


def worst_first(news: Sequence[News]) -> list[News]:
    """Return news in the order in which a person should read them."""
    return sorted(news, key=lambda entry: (entry.level, -entry.share))


def by_need(incidents: Sequence[Incident], now: datetime) -> list[Incident]:
    """Return incidents in the order in which a person should read them: those that need somebody first, of them critical ones, else as they are."""
    return sorted(incidents, key=lambda incident: (not incident.needs_attention(now), incident.severity != "critical"))


def quiet_since(runs: Sequence[Run], incidents: Sequence[Incident]) -> datetime | None:
    """Return since when nothing is wrong: the first batch read after all trouble; None where nothing was read.

    Args:
        runs: Runs of all datasets.
        incidents: All incidents, resolved ones as well.
    """
    batches = [run for run in revised(runs) if run.kind == "ingest" and run.state != "intent"]
    trouble = [read_at(run) for run in batches if run.state == "failed" or run.decision != "open" or run.bad]
    trouble += [incident.until for incident in incidents]
    last = max(trouble, default=None)
    return min((read_at(run) for run in batches if last is None or read_at(run) > last), default=last)
