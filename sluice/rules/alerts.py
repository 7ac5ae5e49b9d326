"""Decide who is told what, what needs nobody, and when a delivery that failed is tried again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sluice.domain import Alert, Decision, Incident, Message, Run, StoredAlert
from sluice.domain.words import RunKind

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
UNTOLD: frozenset[RunKind] = frozenset({"release", "replay", "recheck", "undo", "undo_release", "rebuild", "map_values"})
"""Kinds of runs that need nobody: somebody asked for them, or waits for none."""


def about_run(run: Run) -> Alert | None:
    """Return the alert of a run; None where it needs nobody.

    Example:
        >>> from datetime import UTC
        >>> run = Run("a1", "events", "ingest", 1, datetime(2026, 3, 15, tzinfo=UTC), "published", decision="closed", rows=10, bad=2)
        >>> about_run(run).title.code
        'alert_batch'
    """
    if run.state == "failed":
        return Alert(Message.of("alert_file", dataset=run.dataset), (run.error,), run.dataset, run.id)
    if run.decision == "open" or run.kind in UNTOLD:
        return None
    title = Message.of("alert_audit", dataset=run.dataset) if run.kind == "audit" else Message.of("alert_batch", dataset=run.dataset, run=run.id)
    held = Message.of("alert_held", bad=run.bad, rows=Message.of("alert_rows", rows=run.rows))
    return Alert(title, (held, *run.reasons), run.dataset, run.id)


def about_gate(decision: Decision) -> Alert | None:
    """Return the alert of a gate that kept a training from starting; None where it is open."""
    if decision.open:
        return None
    return Alert(Message.of("alert_gate", dataset=decision.dataset, state=decision.state), decision.reasons, decision.dataset)


def about_failure(job: str, error: Message) -> Alert:
    """Return the alert of a job that failed."""
    return Alert(Message.of("alert_job", job=job), (error,))


def about_test() -> Alert:
    """Return the message that shows whether an address works."""
    return Alert(Message.of("alert_test"), (Message.of("alert_test_text"),))


def describe_incident(incident: Incident) -> Message:
    """Return an incident in one line: its number, its rule, and what happened when it failed last."""
    return Message.of("alert_incident", incident=incident.id, rule=incident.rule, message=incident.message)


def is_muted(incidents: Collection[Incident], now: datetime) -> bool:
    """Return True where a run needs nobody: every incident that it opened or kept open is muted or expected.

    Args:
        incidents: Those incidents; without any, there is nothing that somebody could have muted.
        now: Time of the decision.
    """
    return bool(incidents) and not any(incident.needs_attention(now) for incident in incidents)


def wait_after(failures: int) -> timedelta:
    """Return how long an address is left alone after it failed: a minute, then twice as long each time, up to an hour.

    Args:
        failures: Number of deliveries in a row that failed, this one included.

    Example:
        >>> [str(wait_after(failures)) for failures in (1, 2, 3, 20)]
        ['0:01:00', '0:02:00', '0:04:00', '1:00:00']
    """
    return min(FIRST_WAIT * (1 << min(failures - 1, 10)), LONGEST_WAIT)


def in_order(alerts: Collection[StoredAlert]) -> list[StoredAlert]:
    """Return alerts in the order of their delivery: those that failed least first, so that one which its address refuses holds up no other."""
    return sorted(alerts, key=lambda alert: (alert.attempts, alert.id))
