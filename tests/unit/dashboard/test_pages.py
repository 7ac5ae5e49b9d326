"""Every page, in both languages, over a real store."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.launch import APP
from sluice.domain import Decision, Guarded, Request
from sluice.store import dashboard_queries
from sluice.store.find import find
from tests.patience import PATIENCE

Corner: TypeAlias = Any  # the class stands in conftest.py, which tests do not import

NOW = datetime(2026, 3, 15, 6, tzinfo=UTC)
KEYS = ("Previous row", "Next row")  # of the quarantine page, above what decides
TITLES = {
    "today": ("Today", "今日"),
    "runs": ("Runs", "运行记录"),
    "incidents": ("Incidents", "事件"),
    "quarantine": ("Quarantine", "隔离区"),
    "repairs": ("Repairs", "修复"),
    "values": ("Values", "取值"),
    "labels": ("Labels", "标注"),
    "rules": ("Rules", "规则集"),
    "columns": ("Columns", "列"),
    "detectors": ("Detectors", "检测器"),
    "recommender": ("Recommender", "推荐模型"),
    "activity": ("Activity", "操作记录"),
    "rule": ("Rule history", "规则历史"),
    "row": ("One row", "单行"),
    "find": ("Find", "查找"),
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
    expected = {"today": "sluice run", "runs": "sluice run", "detectors": "sluice run", "recommender": "sluice retrain"}
    assert [element.value for element in app.code] == ([expected[name]] if name in expected else [])


def test_a_shop_that_cannot_be_opened_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUICE_CONFIG", str(tmp_path / "nowhere.yaml"))
    app = AppTest.from_file(str(APP), default_timeout=PATIENCE).run()
    assert [element.value for element in app.title] == ["The shop cannot be opened"]  # the search box stands beside a title, over anything else
    (reason,) = [unescaped(element.value) for element in app.error]
    assert "nowhere.yaml" in reason
    assert not app.exception


def sentences(app: AppTest) -> list[str]:
    """What is said of each dataset."""
    return [unescaped(element.value) for element in app.markdown if "-badge[" in element.value]


def open_gates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sluice.wiring.today.gate_of", lambda config, store, dataset, now: Decision(dataset, "open", (), now))


def test_today_says_what_happened_the_worst_first(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    events, catalog = sentences(corner.page("today", monkeypatch))
    assert "events-2026-03-15.csv could not be read: the gzip stream ends too early" in events
    assert "3 more batches have rows held" in events
    assert "3 tables were read, each in place of the one before; the newest has 2 rows, none held" in catalog


def test_what_was_read_before_the_last_visit_is_no_news(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    own.store.looks.look("", NOW + timedelta(minutes=1))
    monkeypatch.setattr("sluice.wiring.clock.now", lambda _: NOW + timedelta(hours=2))
    events, catalog = sentences(own.page("today", monkeypatch))
    assert "nothing was read since 2026-03-15 06:01 UTC" in catalog
    assert "could not be read" in events  # the gate is closed for it, until it is open again


def test_a_quiet_shop_says_so_and_since_when(empty: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    empty.publish_catalog(14)
    open_gates(monkeypatch)
    app = empty.page("today", monkeypatch)
    assert [unescaped(element.value)[:44] for element in app.success] == ["nothing is wrong since 2026-03-15 06:00 UTC:"]


def test_today_counts_last(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    captions = [element.value for element in corner.page("today", monkeypatch).caption]
    assert "6 batches · 906 rows read · 18 rows repaired · 135 held now · 3 open incidents" in captions


def test_an_incident_is_muted_from_the_sentence_about_it(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    own.store.looks.look("", NOW + timedelta(minutes=1))  # what was read is no news, and the incidents are
    monkeypatch.setattr("sluice.wiring.clock.now", lambda _: NOW + timedelta(hours=2))
    open_gates(monkeypatch)
    app = own.page("today", monkeypatch)
    critical = next(entry.id for entry in own.store.incidents.all("events") if entry.severity == "critical")
    incident = own.store.incidents.get(critical)
    app.session_state[f"news_decide_events_{incident.rule}"] = True
    app.run()
    app.text_input(key="news_events_by").input("Ann")
    app.button(key="news_events_mute").click().run()
    assert own.store.incidents.get(critical).muted_until is not None
    app.button(key="incident_undo").click().run()
    assert own.store.incidents.get(critical).muted_until is None


def test_the_gate_is_computed_from_the_runs(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [element.value for element in corner.page("today", monkeypatch, today_dataset="events").markdown]
    assert any("could not be read" in text and "gzip" in text for text in texts)


def test_lines_are_described_for_those_who_cannot_see_them(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    (table,) = [element.proto.body for element in corner.page("today", monkeypatch).get("html") if "svg+xml" in element.proto.body]
    assert 'alt="2026-03-13 00:00 to 2026-03-15 00:00: between 100.0 and 100.0"' in table


def test_a_row_page_tells_what_happened_to_it_with_the_reason_it_is_held_for(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    (life,) = [unescaped(element.value) for element in corner.page("row", monkeypatch, row="e14000000000.1").markdown if element.value.startswith("1. ")]
    steps = life.splitlines()
    assert steps[0] == "1. **Arrived** (2026-03-15 06:00): row 2 of events-2026-03-14.csv"
    assert any("a price is not below 0" in step and "**Held**" in step for step in steps)
    assert "203.0.113" not in life
    assert "198.51.100.9" not in life


def test_a_value_is_found_from_any_page_and_its_row_opened(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = corner.page("runs", monkeypatch)
    app.text_input(key="find_box").input("price").run()
    assert not app.exception
    assert any("No row has the value" in element.value for element in app.markdown)
    assert any("name or finding has this text" in element.value for element in app.markdown)
    app.text_input(key="find_box").input("=1+14-1").run()
    assert [element.value for element in app.title] == ["Find"]
    assert app.dataframe[0].value.to_dict("records")[0] | {"Run": ""} == {
        "Place": "Held",
        "Dataset": "events",
        "Column": "event_id",
        "Row": "e14000000000.1",
        "Run": "",
    }


def test_all_matches_of_a_value_can_be_listed(corner: Corner) -> None:
    first, all_of_them = find(corner.store, "i3", limit=1), find(corner.store, "i3")
    assert len(first.matches) < first.total == all_of_them.total == len(all_of_them.matches)


def test_a_batch_says_where_its_rows_are_after_a_rejection(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    def since() -> list[str]:
        return [element.value for element in own.page("runs", monkeypatch, run="e14000000000").caption if element.value.startswith("Now, after")]

    assert since() == []
    rows = own.store.quarantine.held("events")["_row_id"].to_list()
    (row, *_) = [row for row in rows if row.startswith("e14000000000.")]
    with own.store.lease("events") as lease:
        own.store.quarantine.reject(lease, Request("r7", "reject", "events", "Ann", "", own.config.clock), [row])
    (text,) = since()
    assert "Held 44 · Rejected 1" in text


def test_texts_of_streamlit_are_translated_but_in_english(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    def script(language: str) -> str:
        return next(str(element.proto.body) for element in corner.page("alerts", monkeypatch, lang=language).get("html") if "<script>" in element.proto.body)

    assert json.dumps("按 Enter 应用") in script("zh")
    assert '"lang": "zh-CN"' in script("zh")
    assert '"lang": "en", "texts": []' in script("en")


def unescaped(text: str) -> str:
    return text.replace("\\", "")


@pytest.mark.parametrize(("language", "text"), [("en", "of the 40 % of cells that something guards; nothing guards item_id"), ("zh", "受守护的 40%")])
def test_a_score_says_what_it_is_a_score_of(own: Corner, monkeypatch: pytest.MonkeyPatch, language: str, text: str) -> None:
    columns = {"price": {"missing": (10, 8)}, "item_id": {"missing": (10, 0)}, "removed": {"missing": (10, 0)}}  # the last is declared no longer
    own.store.guarded.save(Guarded("events", datetime(2026, 3, 14, tzinfo=UTC), 1, "", "", 100, columns))
    assert any(text in unescaped(element.value) for element in own.page("today", monkeypatch, lang=language, today_dataset="events").caption)
    assert any(text in unescaped(element.value) for element in own.page("runs", monkeypatch, lang=language, run="e14000000000").markdown)


@pytest.mark.parametrize(("language", "front", "repaired"), [("en", ["Dataset", "File"], "Repaired"), ("zh", ["数据集", "文件"], "已修复")])
def test_runs_are_told_apart_by_their_file(corner: Corner, monkeypatch: pytest.MonkeyPatch, language: str, front: list[str], repaired: str) -> None:
    runs = corner.page("runs", monkeypatch, lang=language).dataframe[0].value
    assert list(runs.columns[:2]) == front
    assert repaired in runs.columns
    assert runs[front[1]].str.endswith((".parquet", ".csv")).any()


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
    _button(app, "Release 1 row").click().run()
    assert [element.value for element in app.warning] == ["Enter your name first: it is stored with the decision."]
    app.text_input(key="signature_by").input("Ann")
    app.text_input(key="signature_note").input("the price is right")
    _button(app, "Release 1 row").click().run()
    (request,) = [request for request in own.store.requests.pending("events") if request.id != "r1"]
    assert (request.kind, request.by, request.note, request.rows) == ("release", "Ann", "the price is right", ("e14000000000.1",))
    assert not app.exception


def test_all_rows_of_a_reason_can_be_requested(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = own.page("quarantine", monkeypatch)
    app.selectbox(key="quarantine_rule_events_held en").select("expect_column_values_to_be_between:price").run()
    assert [button.label for button in app.button] == [*KEYS, "Release 45 rows of this reason", "Reject 45 rows of this reason"]
    app.text_input(key="signature_by").input("Ann")
    app.text_input(key="signature_note").input("spam")
    _button(app, "Reject 45 rows of this reason").click().run()
    (request,) = [request for request in own.store.requests.pending("events") if request.id != "r1"]
    assert (request.kind, request.rule, request.rows) == ("reject", "expect_column_values_to_be_between:price", ())
    assert [button.label for button in app.button] == [*KEYS]  # it is not offered a second time
    assert any(caption.value == "A request about these rows is in progress." for caption in app.caption)


def test_the_rows_of_a_batch_and_a_column_can_be_decided_on_together(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = own.page("quarantine", monkeypatch)
    batches = app.selectbox(key="quarantine_batch_events_held_None en")
    assert batches.options[0] == "All batches"
    assert len(batches.options) == 4  # three days
    newest = batches.options[1]
    batches.select("e14000000000").run()
    assert "(45)" in newest
    assert [button.label for button in app.button] == [*KEYS, "Release 45 rows", "Reject 45 rows"]
    app.selectbox(key="quarantine_column_events_held_None en").select("price").run()
    assert [button.label for button in app.button] == [*KEYS, "Release 15 rows", "Reject 15 rows"]
    app.text_input(key="signature_by").input("Ann")
    _button(app, "Reject 15 rows").click().run()
    (request,) = [request for request in own.store.requests.pending("events") if request.id != "r1"]
    assert (request.kind, request.rule, len(request.rows)) == ("reject", None, 15)
    assert {row.partition(".")[0] for row in request.rows} == {"e14000000000"}


def test_the_page_opens_on_a_dataset_that_holds_rows(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    assert corner.page("quarantine", monkeypatch).selectbox(key="quarantine_dataset").value == "events"


def test_an_opened_row_is_decided_on_alone_until_it_is_closed(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = own.page("quarantine", monkeypatch, row="e14000000000.1")
    app.selectbox(key="quarantine_rule_events_held en").select("expect_column_values_to_be_between:price").run()
    assert [button.label for button in app.button] == [*KEYS, "Release this row", "Reject this row", "Close the row", "Release 1 row", "Reject 1 row"]
    _button(app, "Close the row").click().run()
    assert [button.label for button in app.button] == [*KEYS, "Release 45 rows of this reason", "Reject 45 rows of this reason"]


def test_a_retrain_is_requested(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = own.page("recommender", monkeypatch)
    app.text_input(key="signature_by").input("Ann")
    app.text_input(key="signature_note").input("new season")
    _button(app, "Request a retrain").click().run()
    (request,) = [request for request in own.store.requests.pending("events") if request.id != "r1"]
    assert request.kind == "retrain"


def _button(app: AppTest, label: str) -> Any:
    return next(widget for widget in app.button if widget.label == label)
