"""Releases are undone from the quarantine and from the activity page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypeAlias

import pytest

from sluice.domain import REASONS, REPAIRS, RUN, Batch, Message, Outcome, Override, Request, Split
from sluice.rules import score

Corner: TypeAlias = Any  # the class stands in conftest.py, which tests do not import


def release_two_rows(shop: Corner) -> None:
    now = shop.config.clock
    shop.store.requests.submit(Request("r2", "release", "events", "Bo", "a refund", now, ("e14000000000.0", "e14000000000.1")))
    (request,) = [request for request in shop.store.requests.all("events") if request.id == "r2"]
    shop.store.requests.finish(request, done=True, answer=Message.of("rows_released", released=2, rows=2))
    rows = shop.store.quarantine.held("events", rows=["e14000000000.0", "e14000000000.1"])
    good = Batch("events", "release-r2", rows.drop(REASONS, RUN), now, whole=False)
    bad = Batch("events", "release-r2", rows.clear(), now, whole=False)
    shop.publish(Outcome("release", score(()), score(()), Split(good, bad), REPAIRS.to_frame(), {}, "0"), "")


@pytest.mark.parametrize("name", ["quarantine", "activity", "today"])
def test_a_release_is_undone_with_a_name_alone(own: Corner, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    release_two_rows(own)
    own.store.looks.look("", own.config.clock - timedelta(hours=1))
    app = own.page(name, monkeypatch, quarantine_dataset="events")
    decisions = app.selectbox(key=f"undo_decision_{'events' if name == 'quarantine' else None}_None en")
    assert decisions.options == ["2026-03-15 06:00 · Release · events · 2 rows · Bo · a refund"]
    assert app.button(key="undo_decision").label == "Hold 2 rows again"
    app.button(key="undo_decision").click().run()
    assert [element.value for element in app.warning] == ["Enter your name first: it is stored with the decision."]
    app.text_input(key="undo_by").input("Ann")
    app.button(key="undo_decision").click().run()
    (request,) = [request for request in own.store.requests.pending("events") if request.kind == "undo_release"]
    assert (request.by, request.rows) == ("Ann", ("r2",))
    assert not app.exception


def test_a_rejection_and_an_override_are_undone_too(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    now = own.config.clock
    reject = own.store.requests.submit(Request("r3", "reject", "events", "Bo", "", now, ("e14000000000.0",)))
    with own.store.lease("events") as lease:
        own.store.quarantine.reject(lease, reject, reject.rows)
    own.store.requests.finish(reject, done=True, answer=Message.of("rows_rejected", rows=1))
    until = now + timedelta(hours=2)
    override = own.store.requests.submit(Request("r4", "override", "events", "Bo", "sale", now, until=until))
    own.store.decisions.override_gate(Override("events", "Bo", "sale", now, until))
    own.store.requests.finish(override, done=True, answer=Message.of("override_granted", until=until.isoformat()))
    app = own.page("activity", monkeypatch)
    decisions = app.selectbox(key="undo_decision_None_None en")
    assert [option.split(" · ")[1] for option in decisions.options] == ["Gate override", "Rejection"]
    app.text_input(key="undo_by").input("Ann")
    app.button(key="undo_decision").click().run()
    assert {request.kind for request in own.store.requests.pending("events")} == {"reject", "undo_override"}  # the former is of the shop


def test_nothing_is_offered_where_nothing_was_released(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [button.key for button in corner.page("activity", monkeypatch).button] == []


def test_the_log_lists_what_people_did(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    release_two_rows(own)
    entries = own.page("activity", monkeypatch).dataframe[0].value
    assert list(entries.loc[0, ["Who", "What", "About", "Reason"]]) == ["Bo", "Request: Release", "events: 2 rows", "a refund"]


def test_a_release_in_progress_is_listed_on_today_and_not_offered_again(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = "expect_column_values_to_be_between:price"
    app = own.page("today", monkeypatch)
    app.session_state[f"news_decide_events_{rule}"] = True
    app.run()
    offered = any(button.key == "news_events_release" for button in app.button)
    own.store.requests.submit(Request("r5", "release", "events", "Bo", "", own.config.clock, rule=rule))
    app.run()
    assert not any(button.key == "news_events_release" for button in app.button)
    assert any("Bo" in element.proto.body and rule in element.proto.body for element in app.get("html"))
    assert offered == any(caption.value == "A request about these rows is in progress." for caption in app.caption)
    assert not app.exception


def test_a_request_that_asks_says_why_in_its_row_and_what_it_would_do_where_it_is_confirmed(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    request = own.store.requests.submit(Request("r6", "release", "events", "Bo", "", own.config.clock, rule="price", ask=True))
    answer = Message.of("release_asks", questions=(Message.of("question_critical", rules="price"),), preview=(Message.of("preview_rows", released=1, rows=1),))
    with own.store.take(request) as taken:
        own.store.requests.ask(taken, answer)
    app = own.page("quarantine", monkeypatch, quarantine_dataset="events")
    (table,) = [element.proto.body for element in app.get("html") if 'class="requests"' in element.proto.body]
    assert "it waives a critical rule: price" in table
    assert "would be published" not in table
    assert any("1 of 1 row would be published" in element.value for element in app.markdown)
