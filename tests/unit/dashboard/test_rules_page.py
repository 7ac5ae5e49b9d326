"""A rule is tried, accepted and taken back on the page of rules; what the page asks for is carried out by the queue."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any, TypeAlias

import pytest
from streamlit.testing.v1 import AppTest

from sluice.config.text import digest_of, read_text
from sluice.domain import Message, Request, RuleEdit, RuleSuggestion, Trial

Corner: TypeAlias = Any  # the class stands in conftest.py, which tests do not import
NOW = datetime(2026, 3, 15, 6, tzinfo=UTC)
BETWEEN = "expect_column_values_to_be_between"
BATCH = {
    "until": "2026-03-14T00:00:00+00:00",
    "batch": "events-2026-03-13.csv",
    "rows": 300,
    "held": 12,
    "recorded_held": 0,
    "flagged": 0,
    "recorded_flagged": 0,
    "incidents": 1,
    "recorded_incidents": 0,
    "score": 91.0,
    "recorded_score": 100.0,
    "decision": "closed",
    "recorded_decision": "open",
    "reasons": [Message.of("worst_dimension_below", dimension="validity", value=88.0, limit=90).to_json()],
}


def page(corner: Corner, monkeypatch: pytest.MonkeyPatch, **query: str) -> AppTest:
    app: AppTest = corner.page("rules", monkeypatch, **query)
    return app


def only(elements: Any, key: str) -> Any:
    """The widget whose key begins so."""
    (element,) = [element for element in elements if (element.key or "").startswith(key)]
    return element


def save_trial(corner: Corner, *, total: int | None = 1) -> None:
    edit = RuleEdit("events", BETWEEN, {"column": "price", "min_value": 0})
    corner.store.trials.save(Trial("t1", edit, digest_of(read_text(corner.path)), 14, "--- a\n+++ b\n+- rule", 1, total, (BATCH,), ()))


def test_the_form_knows_the_columns_and_asks_for_a_trial(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = page(own, monkeypatch)
    only(app.selectbox, "rule_column_events").set_value("price")
    app.run()
    only(app.selectbox, "rule_expectation_events_price").set_value(BETWEEN)
    app.run()
    next(field for field in app.text_input if field.label == "min_value").set_value("0.5")
    next(field for field in app.selectbox if field.label == "severity").set_value("warning")
    app.button(key="rules_try").click().run()
    assert not app.exception
    (request,) = [request for request in own.store.requests.all("events") if request.kind == "try_rule"]
    trial = own.store.trials.get(request.rows[0])
    assert trial.edit == RuleEdit("events", BETWEEN, {"column": "price", "min_value": 0.5, "severity": "warning"})
    assert trial.digest == digest_of(read_text(own.path))
    assert app.query_params["trial"] == trial.id


def test_a_limit_that_is_no_number_is_refused_in_the_form(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = page(own, monkeypatch)
    only(app.selectbox, "rule_column_events").set_value("price")
    app.run()
    only(app.selectbox, "rule_expectation_events_price").set_value(BETWEEN)
    app.run()
    next(field for field in app.text_input if field.label == "min_value").set_value("cheap").run()
    assert [error.value for error in app.error] == ["cheap is no number"]
    assert app.button(key="rules_try").disabled
    next(field for field in app.text_input if field.label == "min_value").set_value("-0.5").run()
    assert (list(app.error), app.button(key="rules_try").disabled) == ([], False)


@pytest.mark.parametrize(("state", "text"), [("pending", "Waits for the scheduler"), ("taken", "In progress")])
def test_a_trial_that_waits_or_is_in_progress_says_so_and_is_cancelled(own: Corner, monkeypatch: pytest.MonkeyPatch, state: str, text: str) -> None:
    save_trial(own, total=None)
    own.store.requests.submit(Request("q1", "try_rule", "events", "Ann", "", NOW, ("t1",), BETWEEN))
    with own.store.take(own.store.requests.unfinished()[0]) if state == "taken" else nullcontext():
        app = page(own, monkeypatch, trial="t1")
        assert any(str(bar.proto.text).startswith(text) for bar in app.get("progress"))
        app.button(key="trial_cancel").click().run()
    answered = own.store.requests.get("q1")
    assert (answered.state, answered.answer.code) == ("refused", "trial_cancelled")
    assert any("cancelled by" in error.value for error in app.error)


def test_expectations_that_no_time_can_meet_are_not_offered_for_one(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = page(corner, monkeypatch)
    only(app.selectbox, "rule_column_events").set_value("ts")
    app.run()
    offered = only(app.selectbox, "rule_expectation_events_ts").options
    assert "expect_batch_to_be_fresh" in offered
    assert "expect_column_values_to_match_regex" not in offered


@pytest.mark.parametrize(("language", "sum_text"), [("en", "of 300 rows in 1 batch, 12 would be held, 0 by the present rules"), ("zh", "将隔离 12 行")])
def test_a_trial_stands_beside_what_was_recorded(own: Corner, monkeypatch: pytest.MonkeyPatch, language: str, sum_text: str) -> None:
    save_trial(own)
    app = page(own, monkeypatch, trial="t1", lang=language)
    assert not app.exception
    assert any(sum_text in element.value.replace("\\", "") for element in app.markdown)
    row = app.dataframe[0].value.to_dicts()[0] if hasattr(app.dataframe[0].value, "to_dicts") else app.dataframe[0].value.iloc[0].to_dict()
    assert {"0 → 12", "0 → 1"} <= {str(cell) for cell in row.values()}
    assert [element.value for element in app.code if "+++" in element.value] == ["--- a\n+++ b\n+- rule"]


def test_the_last_trial_is_opened_again_with_its_dataset(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    edit = RuleEdit("catalog", "expect_column_values_to_not_be_null", {"column": "title"})
    own.store.trials.save(Trial("t2", edit, digest_of(read_text(own.path)), 14, "--- a\n+++ b\n+- rule", 1, 1, (BATCH,), ()))
    app = page(own, monkeypatch, trial="t2")
    assert app.selectbox(key="rules_dataset").value == "catalog"
    del app.query_params["trial"]  # as where a link of the sidebar is followed
    app.session_state["last_trial"] = "t2"
    app.run()
    assert app.query_params["trial"] == "t2"


def test_an_answer_is_drawn_whole_and_no_markup_of_it_is(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    words = "<b>x</b> " + "one of many words " * 20
    filed = own.store.requests.submit(Request("q1", "suggest_rules", "events", "Ann", "why <i>not</i>", NOW))
    own.store.requests.finish(filed, done=False, answer=Message.text(words))
    app = page(own, monkeypatch)
    (table,) = [element.proto.body for element in app.get("html") if 'class="requests"' in element.proto.body]
    assert words.strip().replace("<", "&lt;").replace(">", "&gt;") in table
    assert "why &lt;i&gt;not" in table


def test_writing_a_rule_needs_a_name_and_goes_through_the_queue(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    save_trial(own)
    app = page(own, monkeypatch, trial="t1")
    app.button(key="trial_accept").click().run()
    assert [element.value for element in app.warning] == ["Enter your name first: it is stored with the decision."]
    app.text_input(key="signature_by").set_value("Ann")
    app.button(key="trial_accept").click().run()
    (request,) = [request for request in own.store.requests.all("events") if request.kind == "change_rule"]
    assert (request.by, request.rows) == ("Ann", ("t1",))
    assert not app.exception
    own.store.requests.finish(request, done=True, answer=Message.of("rule_changed", file="sluice.yaml", rule=BETWEEN))
    app = page(own, monkeypatch, trial="t1")
    assert any("judges the next batch" in element.value for element in app.success)
    app.text_input(key="undo_by").set_value("Bo")
    app.button(key="undo_decision").click().run()
    (undo,) = [request for request in own.store.requests.all("events") if request.kind == "undo_change_rule"]
    assert (undo.by, undo.rows) == ("Bo", (request.id,))


def test_an_edited_configuration_is_read_by_the_next_drawing(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    assert page(own, monkeypatch).selectbox(key="rules_dataset").options == ["events", "catalog"]
    own.path.write_text(own.path.read_text().replace("  catalog:", "  items:").replace("items: catalog", "items: items"))
    assert page(own, monkeypatch).selectbox(key="rules_dataset").options == ["events", "items"]


def test_a_suggestion_is_accepted_edited_or_refused(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    edits = [RuleEdit("events", "expect_column_values_to_not_be_null", {"column": column}, why="always there") for column in ("item_id", "price")]
    evidence = Message.of("suggestion_held", passed=14, batches=14)
    entries = [RuleSuggestion("add", f"{edit.name}:{edit.settings['column']}", edit, Message.of("suggested_filled", rows=40), evidence, NOW) for edit in edits]
    own.store.suggestions.save("events", entries)
    assert any("40 行中从不为空" in caption.value for caption in page(own, monkeypatch, lang="zh").caption)
    app = page(own, monkeypatch)
    first, second = (f"add {entry.rule}" for entry in entries)
    app.text_input(key="suggestions_by").set_value("Ann")
    app.button(key=f"suggestion_refuse {first}").click().run()
    assert own.store.suggestions.refused("events") == {("add", entries[0].rule)}
    app.button(key=f"suggestion_edit {second}").click().run()
    assert any(edits[1].name.replace("_", "\\_") in element.value for element in app.caption)
    app.button(key=f"suggestion_accept {second}").click().run()
    assert not app.exception
    assert any("+    suite:" in element.value for element in app.code)
    trial = own.store.trials.get(app.query_params["trial"])
    assert (trial.edit, trial.total) == (edits[1], None)


@pytest.mark.parametrize(("language", "text"), [("en", "Open the result of"), ("zh", "打开")])
def test_a_finished_trial_is_opened_again_where_its_request_is_listed(own: Corner, monkeypatch: pytest.MonkeyPatch, language: str, text: str) -> None:
    save_trial(own)
    for request, trial in (("q1", "t1"), ("q2", "gone")):
        filed = own.store.requests.submit(Request(request, "try_rule", "events", "Ann", "", NOW, (trial,), BETWEEN))
        own.store.requests.finish(filed, done=True, answer=Message.of("rule_tried", batches=1))
    app = page(own, monkeypatch, lang=language, rules_dataset="events")
    (button,) = [element for element in app.button if (element.key or "").startswith("trial_open_")]
    assert button.label.startswith(text)
    assert "trial_accept" not in {element.key for element in app.button}
    button.click().run()
    assert not app.exception
    assert app.query_params["trial"] == "t1"
    assert {element.key for element in app.button} >= {"trial_accept"}
    assert "trial_open_t1" not in {element.key for element in app.button}


def test_many_finished_trials_stay_reachable(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    edit = RuleEdit("events", BETWEEN, {"column": "price", "min_value": 0})
    for number in range(5):
        own.store.trials.save(Trial(f"t{number}", edit, digest_of(read_text(own.path)), 14, "--- a", 1, 1, (BATCH,), ()))
        filed = own.store.requests.submit(Request(f"q{number}", "try_rule", "events", "Ann", "", NOW, (f"t{number}",), BETWEEN))
        own.store.requests.finish(filed, done=True, answer=Message.of("rule_tried", batches=1))
    app = page(own, monkeypatch, rules_dataset="events")
    assert sum((element.key or "").startswith("trial_open_") for element in app.button) == 5
    assert any(box.label == "2 older trials" for box in app.expander)
