"""Decide what an incident says, what people may do with it, and when it is resolved."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.domain import EMPTY, Incident, IncidentAct, IncidentAction, IncidentState, Message, Status

_STATES: Mapping[IncidentAction, IncidentState] = {"acknowledge": "acknowledged", "resolve": "resolved", "expect": "expected"}

_CAUSES = frozenset(
    {
        "column_missing",
        "column_renamed",
        "field_gone",
        "field_gone_where",
        "unit_differs",
        "unit_undeclared",
        "wrong_type_or_unit",
        "wrong_type_or_units_undeclared",
    }
)


def finding(status: Status, message: Message, observed: Message, *, rows: int) -> Message:
    """Return what happened, from the verdict of a rule that failed or was not evaluated.

    Args:
        status: Status of the verdict.
        message: What is wrong with a row that fails; of a rule about a whole batch: what is expected.
        observed: What the rule observed.
        rows: Number of rows that it was evaluated on; 0 for a rule about a whole batch.

    Example:
        >>> expected, observed = Message.text("the number of rows is at least 50"), Message.text("3 rows")
        >>> finding("failed", expected, observed, rows=0).code
        'incident_batch'
    """
    if not observed or observed == message:  # a file that lacks a column: that is both why the rule was not evaluated, and what happened
        return message
    if status == "not_evaluated":
        return Message.of("incident_not_evaluated", problem=message, reason=observed)
    return Message.of("incident_rows", problem=message, observed=observed) if rows else Message.of("incident_batch", observed=observed, expected=message)


def names_cause(message: Message) -> bool:
    """Return True where a message says itself why rows fail: a column is missing or empty since a time, or values are in another unit.

    Example:
        >>> names_cause(Message.of("incident_rows", problem=Message.of("unit_differs", column="price", unit="EUR", declared="USD"), observed="1 row"))
        True
    """
    parts = [part for value in message.params.values() for part in (value if isinstance(value, tuple) else (value,))]
    return message.code in _CAUSES or any(names_cause(part) for part in parts if isinstance(part, Message))


def is_settled(incident: Incident, *, holds_rows: bool) -> bool:
    """Return True where an incident is over: its rule passes, and no row is held for it.

    Args:
        incident: An incident that is not resolved.
        holds_rows: Whether its rule holds rows now.
    """
    return incident.passing and not holds_rows


def refusal(incident: Incident, act: IncidentAct, *, holds_rows: bool, follows: int | None = None) -> Message:
    """Return why an act cannot be carried out; an empty message where it can.

    Args:
        incident: The incident.
        act: What a person asks for.
        holds_rows: Whether its rule holds rows now.
        follows: Number of the unresolved incident of its rule, where there is another one.
    """
    if incident.state == "resolved" and act.action not in ("comment", "reopen"):
        return Message.of("incident_resolved_already", incident=incident.id)
    if act.action == "reopen" and follows is not None:
        return Message.of("incident_followed", incident=incident.id, follows=follows)
    if act.action == "resolve" and holds_rows:
        return Message.of("incident_holds_rows", incident=incident.id, rule=incident.rule, dataset=incident.dataset)
    return EMPTY


def acted(act: IncidentAct) -> Mapping[str, object]:
    """Return the fields of an incident that an act changes, with their new values.

    Example:
        >>> acted(IncidentAct("assign", "Ann", owner="Bo"))
        {'owner': 'Bo'}
    """
    if act.action == "mute":
        return {"muted_until": act.until}
    if act.action == "assign":
        return {"owner": act.owner}
    if act.action == "comment":
        return {}
    if act.action == "reopen":
        return {"state": "open", "cause": "", "muted_until": None, "passes_since": ""}  # its rule has to pass once more
    return {"state": _STATES[act.action], "cause": act.cause or ""}


def describe_act(act: IncidentAct) -> Message:
    """Return what the activity log says of an act: until when, to whom or for which cause, and the note."""
    details = {
        "mute": Message.of("incident_muted", until=act.until.isoformat()) if act.until else EMPTY,
        "assign": Message.of("incident_assigned", owner=act.owner),
        "expect": Message.of("incident_expected", cause=act.cause or "other"),
    }
    return Message.join(message for message in (details.get(act.action, EMPTY), Message.text(act.note)) if message)
