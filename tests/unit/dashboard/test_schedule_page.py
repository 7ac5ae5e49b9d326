"""The page of the schedule: last and next firings in the shop's zone, run now, and what is in progress with its cancel."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeAlias

import pytest
from streamlit.testing.v1 import AppTest

from sluice.domain import Request, RuleEdit, Trial
from sluice.wiring import clock

Corner: TypeAlias = Any  # the class stands in conftest.py, which tests do not import
SCHEDULE = """
zone: Asia/Shanghai
schedule: {ingest: "15 * * * *", audit: "0 6 * * *"}
"""


def scheduled(corner: Corner) -> Corner:
    path = corner.path.with_name("scheduled.yaml")
    path.write_text(corner.path.read_text() + SCHEDULE)
    return replace(corner, path=path)


def page_text(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(str(element.value) for element in (*app.caption, *app.markdown, *app.code))


@pytest.mark.parametrize(("language", "job", "following"), [("en", "Read what arrived", "Next firing"), ("zh", "读取新到数据", "下次触发")])
def test_firings_are_drawn_in_the_zone_of_the_shop(own: Corner, monkeypatch: pytest.MonkeyPatch, language: str, job: str, following: str) -> None:
    now = clock.wall()
    own.store.scheduled_runs.begin("audit", (now - timedelta(hours=1)).strftime("%Y-%m-%d %H:%M"), now)
    app = scheduled(own).page("schedule", monkeypatch, lang=language)
    assert "Asia/Shanghai" in page_text(app)
    table = app.dataframe[0].value
    assert table.iloc[0, 0] == job
    assert [firing[-3:] for firing in table[following]] == [":15", ":00", ":40"]
    assert table[following].iloc[1].endswith(" 06:00")
    assert "sluice serve" in page_text(app)


def test_a_dataset_is_read_now_by_a_request_with_a_name_and_cancelled_while_it_waits(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = own.page("schedule", monkeypatch)
    app.button(key="schedule_run").click().run()
    assert [element.value for element in app.warning] == ["Enter your name first: it is stored with the decision."]
    app.text_input(key="signature_by").input("Ann")
    app.button(key="schedule_run").click().run()
    (filed,) = [request for request in own.store.requests.all() if request.kind == "run"]
    assert (filed.dataset, filed.by, filed.state) == ("events", "Ann", "pending")
    own.store.requests.finish(own.store.requests.get("r1"), done=True, answer=filed.answer)  # so that one request is left
    app.run()
    app.button(key="schedule_cancel").click().run()
    assert own.store.requests.get(filed.id).state == "refused"
    assert "Nothing is in progress, and nothing waits." in page_text(app)


def test_a_trial_in_progress_says_how_far_it_is(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    edit = RuleEdit("events", "expect_column_values_to_be_between", {"column": "price", "min_value": 0}, None)
    own.store.trials.save(replace(Trial("t1", edit, "", 14), done=3, total=12))
    own.store.requests.submit(Request("q9", "try_rule", "events", "Ann", "", own.config.clock, rows=("t1",)))
    app = own.page("schedule", monkeypatch)
    assert "3 of 12 batches" in list(app.dataframe[-1].value["Progress"])


def test_without_a_cron_line_the_page_says_what_to_write(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    assert 'schedule: {ingest: "15 * * * *"' in page_text(corner.page("schedule", monkeypatch))
