"""What a person sees on the pages: the sign-in, no role, and buttons that say which role they need."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeAlias

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from dashboard.access.installed import Guarding, install
from dashboard.data import viewer
from sluice.domain import LabelPlan, Person, RowToLabel
from sluice.store.tables import LOOKS

Corner: TypeAlias = Any  # the class stands in conftest.py, which tests do not import
PEOPLE = """
dashboard: {proxy: {header: X-User, addresses: [10.0.0.2]}}
people:
  - {person: "vic@shop.example", role: viewer}
  - {person: "sam@shop.example", role: steward, datasets: [events]}
  - {person: "cat@shop.example", role: steward, datasets: [catalog]}
"""


def page_for(corner: Corner, monkeypatch: pytest.MonkeyPatch, person: str | None, name: str = "quarantine", **query: str) -> AppTest:
    """A page as somebody sees it who signed in at the proxy."""
    install(Guarding(sign_in=True))
    monkeypatch.setattr(viewer, "person_of_headers", lambda headers, proxy: Person(person) if person else None)
    app: AppTest = with_people(corner).page(name, monkeypatch, **query)
    return app


def with_people(corner: Corner) -> Corner:
    """The shop with another configuration, in which people sign in."""
    path = corner.path.with_name("people.yaml")
    path.write_text(corner.path.read_text() + PEOPLE)
    return replace(corner, path=path)


@pytest.mark.parametrize(("language", "title"), [("en", "Sign in"), ("zh", "登录")])
def test_who_has_not_signed_in_sees_the_sign_in_alone(corner: Corner, monkeypatch: pytest.MonkeyPatch, language: str, title: str) -> None:
    app = page_for(corner, monkeypatch, None, "today", lang=language)
    assert [element.value for element in app.title] == [title]
    assert not app.dataframe and not app.exception


def test_who_has_no_role_is_told_so(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = page_for(corner, monkeypatch, "eve@shop.example", "today")
    assert [element.value for element in app.title] == ["No role yet"]


def test_a_viewer_sees_which_role_a_decision_needs(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = page_for(corner, monkeypatch, "vic@shop.example", row="e14000000000.0")
    button = app.button(key="decide_release")
    assert button.disabled
    assert "needs the role steward on events" in button.proto.help
    assert not [field for field in app.text_input if field.label == "Your name"]


def test_a_steward_decides_under_the_name_that_signed_in(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = page_for(own, monkeypatch, "sam@shop.example", row="e14000000000.0")
    app.button(key="decide_reject").click().run()
    filed = {request.by: request for request in own.store.requests.all()}["sam@shop.example"]
    assert (filed.kind, filed.person) == ("reject", Person("sam@shop.example"))


def test_a_session_that_ended_meanwhile_decides_nothing(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = page_for(own, monkeypatch, "sam@shop.example", row="e14000000000.0")
    before = len(own.store.requests.all())
    monkeypatch.setattr(viewer, "person_of_headers", lambda headers, proxy: None)
    app.button(key="decide_reject").click().run()
    assert len(own.store.requests.all()) == before
    assert [element.value for element in app.title] == ["Sign in"]


def test_pages_that_nothing_guards_are_not_drawn(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = with_people(corner).page("today", monkeypatch)
    assert [element.value for element in app.code] == ["sluice serve"]
    assert not app.title


def test_each_person_has_a_last_look_of_their_own(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    page_for(own, monkeypatch, "sam@shop.example", "today")
    page_for(own, monkeypatch, "vic@shop.example", "today")
    with own.store.database.read() as connection:
        assert {row.viewer for row in connection.execute(select(LOOKS))} >= {"sam@shop.example", "vic@shop.example"}


@pytest.mark.parametrize(("person", "roles"), [("vic@shop.example", "Role: Viewer"), ("sam@shop.example", "Role: Steward (events)")])
def test_the_sidebar_says_which_role_somebody_has(corner: Corner, monkeypatch: pytest.MonkeyPatch, person: str, roles: str) -> None:
    app = page_for(corner, monkeypatch, person, "today")
    assert roles in [caption.value for caption in app.sidebar.caption]


@pytest.mark.parametrize("name", ["quarantine", "rules", "repairs", "rule"])
def test_a_page_opens_on_a_dataset_on_which_the_viewer_has_a_role(corner: Corner, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    opened = {}
    for person in ("vic@shop.example", "cat@shop.example"):
        app = page_for(corner, monkeypatch, person, name)
        opened[person] = next(box for box in app.selectbox if box.label == "Dataset").value
    assert opened == {"vic@shop.example": "events", "cat@shop.example": "catalog"}


def test_a_viewer_sees_which_role_a_label_needs(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    corner.store.label_plans.save(LabelPlan("events", (RowToLabel("a.0", {"price": "9"}, {}, (), 0.0, 0.5, enough=False),), 1, 1))
    app = page_for(corner, monkeypatch, "vic@shop.example", "labels", labels_dataset="events")
    button = app.button(key="label_right")
    assert button.disabled and "needs the role steward on events" in button.proto.help
    assert app.button(key="label_choose").disabled and app.button(key="label_undo").disabled
