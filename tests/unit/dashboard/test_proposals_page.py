"""What a language model proposes is shown as text, and filed as a request where a person accepts it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeAlias

import pytest
from streamlit.testing.v1 import AppTest

from sluice.domain import Message, ModelProposal, Request

Corner: TypeAlias = Any  # the class stands in conftest.py, which tests do not import
NOW = datetime(2026, 3, 15, 6, tzinfo=UTC)
HOSTILE = "![x](http://evil.example/x.png) <b>"
FITS = Message.of("proposal_fits")
ORIGIN = ("small", 1, NOW)
PROPOSALS = (
    ModelProposal("p1", "catalog", "cell", "b.1", "title", None, HOSTILE, HOSTILE, "fits", FITS, *ORIGIN),
    ModelProposal("p2", "catalog", "cell", "b.2", "title", "x", "y", "", "fails", Message.of("correction_fails", rule="r"), *ORIGIN),
    ModelProposal("p3", "catalog", "value", "", "category", "couches", "sofas", "the same", "fits", FITS, *ORIGIN),
)


@pytest.fixture
def proposed(own: Corner) -> Corner:
    own.store.model_proposals.add(PROPOSALS)
    return own


def page(shop: Corner, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    app: AppTest = shop.page("proposals", monkeypatch, proposals_dataset="catalog")
    assert not app.exception
    app.text_input(key="proposals_by").input("Ann")
    return app.run()


def filed(shop: Corner) -> list[Request]:
    return list(shop.store.requests.all("catalog"))


def test_an_accepted_cell_is_filed_as_a_correction(proposed: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = page(proposed, monkeypatch)
    assert not any("![x](http" in str(one.value) for one in app.markdown)
    app = app.button(key="proposal_accept p1").click().run()
    (request,) = filed(proposed)
    assert (request.kind, request.rows, request.by) == ("correct", ("b.1",), "Ann")
    assert [cell.text for cell in proposed.store.requests.cells(request.id)] == [HOSTILE]
    assert [one.id for one in proposed.store.model_proposals.of("catalog") if one.is_open] == ["p2", "p3"]


def test_an_accepted_value_is_filed_as_a_mapping(proposed: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    page(proposed, monkeypatch).button(key="proposal_accept p3").click().run()
    (request,) = filed(proposed)
    trial = proposed.store.trials.get(request.rows[0])
    assert (request.kind, trial.edit.settings) == ("map_values", {"column": "category", "values": {"couches": "sofas"}})


def test_what_fails_a_rule_is_not_accepted_and_can_be_refused(proposed: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = page(proposed, monkeypatch)
    assert app.button(key="proposal_accept p2").disabled
    app.button(key="proposal_refuse p2").click().run()
    assert [(one.id, one.refused_by) for one in proposed.store.model_proposals.of("catalog") if not one.is_open] == [("p2", "Ann")]


def test_without_a_language_model_the_page_says_so(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app: AppTest = own.page("proposals", monkeypatch, proposals_dataset="catalog")
    assert not app.exception
    assert "No language model is configured" in "".join(str(one.value) for one in [*app.markdown, *app.info, *app.subheader])


def test_without_a_language_model_the_page_leads_to_the_suggested_rules(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    (link,) = [element.proto for element in page(corner, monkeypatch).get("page_link") if element.proto.label == "Suggested rules"]
    assert "rules_dataset=catalog" in link.query_string
