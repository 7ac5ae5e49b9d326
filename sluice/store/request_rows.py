"""Convert requests to and from rows of the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from sluice.domain import Message, Person, Request


def to_values(request: Request) -> dict[str, object]:
    """Return the values of a new request by column."""
    return {
        "id": request.id,
        "kind": request.kind,
        "dataset": request.dataset,
        "by": request.by,
        "note": request.note,
        "at": request.at,
        "rows": list(request.rows),
        "rule": request.rule,
        "state": "pending",
        "answer": "",
        "model": request.model,
        "until": request.until,
        "taken_by": "",
        "epoch": 0,
        "ask": request.ask,
        "person": from_person(request.person),
    }


def to_request(row: Row[Any]) -> Request:
    """Return the request of a row."""
    return Request(
        row.id,
        row.kind,
        row.dataset,
        row.by,
        row.note,
        row.at,
        tuple(row.rows),
        row.rule,
        row.state,
        Message.loads(row.answer),
        row.model,
        row.until,
        row.taken_by,
        row.epoch,
        row.ask,
        _to_person(row.person),
        approved_by=row.approved_by,
    )


def from_person(person: Person | None) -> Mapping[str, object] | None:
    """Return what is stored of who requested something; None where nobody signed in."""
    return (
        None
        if person is None
        else {"name": person.name, "groups": list(person.groups), "role": person.role, "token": person.token, "variable": person.variable}
    )


def _to_person(stored: Mapping[str, Any] | None) -> Person | None:
    return None if stored is None else Person(stored["name"], tuple(stored["groups"]), stored["role"], stored.get("token", False), stored.get("variable", ""))
