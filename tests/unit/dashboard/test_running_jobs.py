"""A job that runs is drawn with its stage and cancelled from the page; a run shows how long its stages took."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from sluice.domain import RunningJob
from sluice.store.tables import RUNS
from sluice.wiring import clock

Corner: TypeAlias = Any  # the class stands in conftest.py, which tests do not import


def text_of(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(str(element.value) for element in (*app.caption, *app.markdown, *app.warning))


@pytest.mark.parametrize(("language", "stage"), [("en", "Judging by rules"), ("zh", "按规则判定")])
@pytest.mark.parametrize("page", ["runs", "schedule"])
def test_a_batch_in_progress_shows_its_stage(own: Corner, monkeypatch: pytest.MonkeyPatch, page: str, language: str, stage: str) -> None:
    own.store.running_jobs.save(RunningJob("ingest-1", "ingest", "events", "today", "judge", 0, None, clock.wall(), ""))
    text = text_of(own.page(page, monkeypatch, lang=language))
    assert stage in text
    assert "events · today" in text


def test_a_job_is_cancelled_from_the_page_under_a_name(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    own.store.running_jobs.save(RunningJob("ingest-1", "ingest", "events", "a.csv", "judge", 0, None, clock.wall(), ""))
    app = own.page("schedule", monkeypatch)
    app.button(key="running_cancel_ingest-1").click().run()
    assert "needs the name" in text_of(app)
    app.text_input(key="signature_by").input("Ann").run()
    app.button(key="running_cancel_ingest-1").click().run()
    assert own.store.running_jobs.cancelled_by("ingest-1") == "Ann"
    assert [(entry.who, entry.what) for entry in own.store.activity.entries(limit=1)] == [("Ann", "cancel")]
    assert "Ann cancels it" in text_of(app)


def test_a_run_shows_how_long_its_stages_took(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = corner.page("runs", monkeypatch, run="e12000000000")
    (table,) = [element.proto.body for element in app.get("html") if "Publishing" in element.proto.body]
    assert "s in all" in table
    assert "100%" in table


def test_a_run_of_an_earlier_version_says_that_its_stages_are_not_recorded(own: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    with own.store.database.write() as connection:
        connection.execute(update(RUNS).values(stages={}))
    assert "How long its stages took is not recorded." in text_of(own.page("runs", monkeypatch, run="e12000000000"))
