"""The page of incidents: what is listed, what people can do, and what is recorded."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest
from streamlit.testing.v1 import AppTest

from sluice.domain import IncidentAct

Corner: TypeAlias = Any  # the class stands in conftest.py, which tests do not import
PRICE = "expect_column_values_to_be_between:price"


HOSTILE = "![pixel](http://evil.example/pixel.png)"


def unescaped(text: str) -> str:
    return text.replace("\\", "")


def incident_of(shop: Corner, rule: str) -> Any:
    return next(incident for incident in shop.store.incidents.all("events", resolved=True) if incident.rule == rule)


def opened(shop: Corner, monkeypatch: pytest.MonkeyPatch, rule: str, lang: str = "en") -> AppTest:
    return shop.page("incidents", monkeypatch, lang=lang, incident=str(incident_of(shop, rule).id))  # type: ignore[no-any-return]  # of any shop


# Chinese is written with its own marks
@pytest.mark.parametrize(("language", "finding"), [("en", "a price is not below 0"), ("zh", "a price is not below 0")])
def test_an_incident_says_what_happened_on_which_runs_and_how_many_rows_it_holds(
    corner: Corner, monkeypatch: pytest.MonkeyPatch, language: str, finding: str
) -> None:
    app = opened(corner, monkeypatch, PRICE, language)
    assert not app.exception
    assert any(finding in element.value for element in app.markdown)
    (cause,) = [unescaped(element.value) for element in app.markdown if element.value.startswith(("**Likely cause", "**可能的原因"))]
    assert "45" in cause
    assert f"item_id {'=' if language == 'en' else '为'} {HOSTILE[:9]}" in cause
    assert {button.label for button in app.button} >= ({"Open the 45 held rows", "Acknowledge"} if language == "en" else {"打开被隔离的 45 行", "确认"})
    assert len(app.dataframe[1].value) == 3


def test_acts_are_recorded_with_the_name(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(own, monkeypatch, PRICE)
    app.button(key="incident_acknowledge").click().run()
    assert [element.value for element in app.warning] == ["an act on an incident needs the name of who acts (--by)"]
    app.text_input(key="signature_by").input("Ann")
    app.text_input(key="incident_note").input("asking the supplier")
    app.button(key="incident_acknowledge").click().run()
    assert incident_of(own, PRICE).state == "acknowledged"
    assert list(app.dataframe[2].value["Who"]) == ["Ann"]
    app.button(key="incident_mute").click().run()
    assert not app.exception
    assert not incident_of(own, PRICE).needs_attention(own.config.clock)
    app.button(key="incident_reopen").click().run()
    assert incident_of(own, PRICE).needs_attention(own.config.clock)


def test_an_incident_that_holds_rows_cannot_be_resolved_but_expected(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(own, monkeypatch, PRICE)
    assert app.button(key="incident_resolve").disabled
    app.text_input(key="signature_by").input("Ann")
    app.button(key="incident_expect").click().run()
    assert (incident_of(own, PRICE).state, incident_of(own, PRICE).cause) == ("expected", "planned_change")


def test_an_expected_incident_is_listed_under_all_alone(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    own.store.incidents.act(incident_of(own, PRICE).id, IncidentAct("expect", "Ann", cause="season"))
    app = own.page("incidents", monkeypatch)
    finding = "a price is not below 0"
    assert not any(finding in text for text in app.dataframe[0].value["Finding"])
    app.selectbox(key="incidents_scope en").select("all").run()
    assert any(finding in text for text in app.dataframe[0].value["Finding"])
    assert any(element.value.endswith("2 open incidents") for element in own.page("today", monkeypatch).caption)


def test_the_held_rows_of_an_incident_are_opened_by_click(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(own, monkeypatch, PRICE)
    app.button(key="incident_rows").click().run()
    assert not app.exception
    assert [element.value for element in app.title] == ["Quarantine"]
    assert app.selectbox(key="quarantine_rule_events_held en").value == PRICE


def test_an_expected_incident_shows_its_rule_widened_and_writes_it_once_accepted(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    suite = "    suite:\n      - expect_column_values_to_be_between: {column: price, min_value: 0}  # no gifts\n"
    own.path.write_text(own.path.read_text().replace("  catalog:\n", suite + "  catalog:\n", 1))
    app = opened(own, monkeypatch, PRICE)
    app.text_input(key="signature_by").input("Ann")
    app.button(key="incident_adjust").click().run()
    assert not app.exception
    assert incident_of(own, PRICE).state == "expected"
    assert any("+      - expect_column_values_to_be_between: {column: price, min_value: -1.0}  # no gifts" in element.value for element in app.code)
    app.button(key="trial_accept").click().run()
    (request,) = [request for request in own.store.requests.all() if request.kind == "change_rule"]
    assert (request.by, request.note) == ("Ann", f"incident {incident_of(own, PRICE).id} is expected: Planned change")


def test_a_rule_that_cannot_be_widened_stays_and_the_page_says_so(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(own, monkeypatch, PRICE, "zh")  # its suite is empty
    app.text_input(key="signature_by").input("Ann")
    app.button(key="incident_adjust").click().run()
    assert ["规则保持不变" in element.value for element in app.info] == [True]
    assert incident_of(own, PRICE).state == "expected"
