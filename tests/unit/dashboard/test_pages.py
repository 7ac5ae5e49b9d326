"""Every page, in both languages, over a real store."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.launch import APP
from sluice.domain import Guarded
from sluice.store import dashboard_queries

Corner: TypeAlias = Any  # the class stands in conftest.py, which tests do not import

TITLES = {
    "overview": ("Overview", "总览"),
    "runs": ("Runs", "运行记录"),
    "quarantine": ("Quarantine", "隔离区"),
    "detectors": ("Detectors", "检测器"),
    "recommender": ("Recommender", "推荐模型"),
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", list(TITLES))
def test_a_page_opens_in_each_language(corner: Corner, monkeypatch: pytest.MonkeyPatch, name: str, language: str) -> None:
    app = corner.page(name, monkeypatch, lang=language)
    assert [element.value for element in app.title] == [TITLES[name][language == "zh"]]
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("name", list(TITLES))
def test_an_empty_shop_says_what_to_do(empty: Corner, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    app = empty.page(name, monkeypatch)
    assert not app.exception
    expected = {"overview": "sluice run", "runs": "sluice run", "detectors": "sluice run", "recommender": "sluice retrain"}
    assert [element.value for element in app.code] == ([expected[name]] if name in expected else [])


def test_a_shop_that_cannot_be_opened_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUICE_CONFIG", str(tmp_path / "nowhere.yaml"))
    app = AppTest.from_file(str(APP), default_timeout=30).run()
    assert [element.value for element in app.error] == ["The shop cannot be opened."]
    assert not app.exception


def test_the_gate_is_computed_from_the_runs(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [element.value for element in corner.page("overview", monkeypatch).markdown]
    assert any("could not be read" in text and "gzip" in text for text in texts)


def test_overview_counts(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    figures = {element.label: element.value for element in corner.page("overview", monkeypatch).metric[:5]}
    assert figures == {"Batches": "6", "Rows read": "906", "Rows repaired": "18", "Rows held now": "135", "Open incidents": "3"}


def unescaped(text: str) -> str:
    return text.replace("\\", "")


@pytest.mark.parametrize(("language", "text"), [("en", "of the 40 % of cells that something guards; nothing guards note"), ("zh", "受守护的 40%")])
def test_a_score_says_what_it_is_a_score_of(own: Corner, monkeypatch: pytest.MonkeyPatch, language: str, text: str) -> None:
    columns = {"price": {"missing": (10, 8)}, "note": {"missing": (10, 0)}}
    own.store.guarded.save(Guarded("events", datetime(2026, 3, 14, tzinfo=UTC), 1, "", "", 100, columns))
    assert any(text in unescaped(element.value) for element in own.page("overview", monkeypatch, lang=language).caption)
    assert any(text in unescaped(element.value) for element in own.page("runs", monkeypatch, lang=language, run="e14000000000").markdown)


def test_verdicts_are_listed_by_phase_failing_ones_first(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = corner.page("runs", monkeypatch, run="e14000000000")
    rules = app.dataframe[1].value
    assert list(rules["Result"]) == ["Failed", "Failed"]
    assert list(rules["Failing rows"]) == [30, 15]
    assert list(rules["Criterion"]) == ["an item is named", "a price is not below 0"]


def test_the_quarantine_is_paged_and_every_row_can_be_reached(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    selection = dashboard_queries.QuarantineFilter("events")
    assert dashboard_queries.count_rows(corner.store, selection) == 135
    first, second, beyond = (dashboard_queries.quarantine_page(corner.store, selection, page) for page in (1, 2, 3))
    assert (first.height, second.height, beyond.height) == (100, 35, 0)
    assert len({*first["_row_id"], *second["_row_id"]}) == 135
    assert first["_row_id"][0] == "e14000000000.0"
    assert "Rows 1 to 100 of 135" in [element.value for element in corner.page("quarantine", monkeypatch).caption]


def test_reasons_count_rows_and_those_that_they_hold_alone(corner: Corner) -> None:
    reasons = dashboard_queries.held_by_rule(corner.store, dashboard_queries.QuarantineFilter("events"))
    assert [(str(reason.message), reason.rows, reason.alone) for reason in reasons] == [("an item is named", 90, 90), ("a price is not below 0", 45, 45)]


def test_one_row_is_drawn_cell_by_cell(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = corner.page("quarantine", monkeypatch, row="e14000000000.1")
    (table,) = [element.proto.body for element in app.get("html") if "cells" in element.proto.body and "<table" in element.proto.body]
    assert '<tr class="blamed"><td>price</td><td>-1,00 €</td><td>-1.0</td><td>fails a rule; repaired by parse</td></tr>' in table
    assert "suggested: i7" in table


def test_a_request_is_submitted_with_name_and_reason(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = own.page("quarantine", monkeypatch, row="e14000000000.1")
    _button(app, "Release").click().run()
    assert [element.value for element in app.warning] == ["Enter your name and a reason first: both are stored with the request."]
    app.text_input(key="signature_by").input("Ann")
    app.text_input(key="signature_note").input("the price is right")
    _button(app, "Release").click().run()
    (request,) = [request for request in own.store.requests.pending("events") if request.id != "r1"]
    assert (request.kind, request.by, request.note, request.rows) == ("release", "Ann", "the price is right", ("e14000000000.1",))
    assert not app.exception


def test_all_rows_of_a_reason_can_be_requested(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = own.page("quarantine", monkeypatch)
    app.selectbox(key="quarantine_rule_events_held en").select("expect_column_values_to_be_between:price").run()
    app.text_input(key="signature_by").input("Ann")
    app.text_input(key="signature_note").input("spam")
    _button(app, "Reject").click().run()
    (request,) = [request for request in own.store.requests.pending("events") if request.id != "r1"]
    assert (request.kind, request.rule, request.rows) == ("reject", "expect_column_values_to_be_between:price", ())


def test_a_retrain_is_requested(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = own.page("recommender", monkeypatch)
    app.text_input(key="signature_by").input("Ann")
    app.text_input(key="signature_note").input("new season")
    _button(app, "Request a retrain").click().run()
    (request,) = [request for request in own.store.requests.pending("events") if request.id != "r1"]
    assert request.kind == "retrain"


def _button(app: AppTest, label: str) -> Any:
    return next(widget for widget in app.button if widget.label == label)
