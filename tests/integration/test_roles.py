"""Roles hold where requests are carried out and acts recorded, whatever the pages show; SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest

from sluice.app import App, build, carry_out
from sluice.app.request_handlers import HANDLERS
from sluice.domain import ROLES, SAME, IncidentAct, Message, Person, Request, RequestKind, Role
from sluice.errors import UsageError
from sluice.rules.people import NEEDED
from sluice.store.requests import Requests

NOW = datetime(2026, 3, 15, tzinfo=UTC)
CONFIG = """
clock: 2026-03-15T00:00:00Z
datasets:
  events: {source: {files: "events/*.csv"}, columns: {event_id: {type: string}}, suite: [expect_column_values_to_not_be_null: {column: event_id}]}
dashboard: {proxy: {header: X-User, addresses: [10.0.0.2]}}
people:
  - {group: viewers, role: viewer}
  - {group: stewards, role: steward, datasets: [events]}
  - {group: authors, role: author}
  - {group: admins, role: admin}
"""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """A shop with a role for each group, and an incident."""
    (tmp_path / "sluice.yaml").write_text(CONFIG)
    (tmp_path / "events").mkdir()
    (tmp_path / "events" / "events-2026-03-14.csv").write_text("event_id,note\n,a\n2,b\n")
    with build(tmp_path / "sluice.yaml") as app:
        list(app.run(app.pending_arrivals()))
        yield app


def member(role: Role) -> Person:
    return Person(f"{role}@shop.example", (f"{role}s",))


def request(kind: RequestKind, person: Person | None) -> Request:
    named = Request(f"{kind}-{person.name if person else ''}", kind, "events", "Ann", "why", NOW, ("b1.0",), model="recommender", person=person)
    if kind in ("label_pair", "merge_products"):
        return replace(named, rows=("p1", "p2"), rule=SAME if kind == "label_pair" else None)
    if kind == "restore_config":
        return replace(named, rows=("1",))
    return replace(named, until=NOW + timedelta(hours=1)) if kind == "override" else named


def test_each_kind_of_request_is_filed_and_carried_out_for_the_role_that_it_needs(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    unguarded = Requests(app.store.database, app.store.schemas, lambda: NOW, type(app.store.people)())  # as one who writes into the table
    for kind in get_args(RequestKind):
        monkeypatch.setitem(HANDLERS, kind, lambda app, request: (True, Message.text("carried out")))
        for role in ROLES:
            allowed = ROLES.index(role) >= ROLES.index(NEEDED[kind])
            filed = request(kind, member(role))
            stored = unguarded.submit(filed)
            if allowed:
                assert carry_out(app, stored).state == "done"
                assert app.store.requests.submit(replace(filed, id=f"{filed.id}-again")).person == member(role)
                continue
            with pytest.raises(UsageError, match=f"needs the role {NEEDED[kind]} on (events|all datasets)"):
                carry_out(app, stored)
            answered = app.store.requests.get(stored.id)
            assert answered is not None and (answered.state, answered.answer.code.removesuffix("_everywhere")) == ("refused", "role_needed")
            with pytest.raises(UsageError, match="needs the role"):
                app.store.requests.submit(replace(filed, id=f"{filed.id}-again"))
        assert app.store.requests.submit(request(kind, None)).person is None, "the command line is not asked for a role"


def test_only_a_steward_answers_a_question_and_acts_on_an_incident(app: App) -> None:
    question = app.store.requests.submit(request("release", member("steward")))
    with app.store.take(question) as taken:
        app.store.requests.ask(taken, Message.text("sure?"))
    with pytest.raises(UsageError, match="needs the role steward"):
        app.store.requests.confirm(question.id, by="viewer@shop.example", person=member("viewer"))
    assert app.store.requests.confirm(question.id, by="author@shop.example", person=member("author")).person == member("author")

    incident = app.store.incidents.all()[0]
    with pytest.raises(UsageError, match="needs the role steward on events"):
        app.store.incidents.act(incident.id, IncidentAct("acknowledge", "Vic", person=member("viewer")))
    assert app.store.incidents.act(incident.id, IncidentAct("acknowledge", "Sam", person=member("steward"))).state == "acknowledged"
