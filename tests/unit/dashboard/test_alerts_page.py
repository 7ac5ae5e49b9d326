"""The page of alerts: what was told to whom, what failed or was muted, and the button that sends it again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from sluice.domain import Alert, AlertDraft, Message
from sluice.store import SqlStore
from sluice.store.alert_records import record_drafts
from sluice.store.database import now
from sluice.store.tables import ALERTS
from sluice.wiring.stores import open_store_of

Corner: TypeAlias = Any  # the class stands in conftest.py, which tests do not import
HOSTILE = "![pixel](http://evil.example/pixel.png)"
REFUSED = Message.of("alert_refused", service="json")


@pytest.fixture
def addressed(own: Corner) -> Iterator[Corner]:
    """The shop with an address, to which one alert was sent, one failed, and one was muted."""
    own.path.write_text(own.path.read_text() + "alerts: [json://hook.example/]\n")
    store = open_store_of(type(own.config).model_validate({**own.config.model_dump(), "alerts": ["json://hook.example/"]}).at(Path(own.path).parent))
    fill(store)
    yield replace(own, store=store)
    store.close()


def fill(store: SqlStore) -> None:
    incident = store.incidents.all()[0].id
    with store.database.write() as connection:
        for title, muted in (("the job ingest failed", False), (f"events: the gate is closed {HOSTILE}", False), ("batch e14 may not be learned from", True)):
            alert = Alert(Message.text(title), (Message.text(HOSTILE),), "events", "e14000000000" if muted else "")
            draft = AlertDraft("json", alert, incidents=(incident,) if muted else (), muted=muted)
            record_drafts(connection, [draft], now(connection))
    sent, failed = store.outbox.due()
    store.outbox.finish(store.outbox.begin(sent), Message.text(""))
    store.outbox.finish(store.outbox.begin(failed), REFUSED)


def choose(app: AppTest, state: str, language: str = "en") -> AppTest:
    return app.selectbox(key=f"alerts_state {language}").select(state).run()


@pytest.mark.parametrize(("language", "states"), [("en", ["Nobody told", "Failed", "Sent"]), ("zh", ["未通知", "失败", "已发送"])])
def test_alerts_are_listed_the_newest_first(addressed: Corner, monkeypatch: pytest.MonkeyPatch, language: str, states: list[str]) -> None:
    app = addressed.page("alerts", monkeypatch, lang=language)
    assert not app.exception
    assert list(app.dataframe[0].value["State" if language == "en" else "状态"]) == states
    assert not any(HOSTILE in element.value for element in app.markdown)


def test_an_alert_that_failed_says_why_and_is_tried_again_by_name(addressed: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = choose(addressed.page("alerts", monkeypatch), "failed")
    assert any("the service json did not answer" in element.value for element in app.markdown)
    app.button(key="alert_retry").click().run()
    assert [element.value for element in app.warning] == ["trying an alert again needs the name of who asks (--by)"]
    app.text_input(key="signature_by").input("Ann")
    app.button(key="alert_retry").click().run()
    assert app.success
    (waiting,) = addressed.store.outbox.due()
    assert (waiting.state, waiting.attempts) == ("waiting", 0)


def test_what_needed_nobody_can_be_sent_all_the_same_and_what_was_sent_cannot(addressed: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = choose(addressed.page("alerts", monkeypatch), "muted")
    assert app.button(key="alert_retry").label == "Send it all the same"
    assert any("muted or expected" in element.value for element in app.caption)
    assert "alert_retry" not in [button.key for button in choose(app, "sent").button]


def test_an_incident_lists_who_was_told(addressed: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = addressed.page("incidents", monkeypatch, incident=str(addressed.store.incidents.all()[0].id))
    assert not app.exception
    assert ["batch e14 may not be learned from"] in [list(table.value["Alert"]) for table in app.dataframe if "Alert" in table.value]


def test_a_shop_without_addresses_says_what_to_write(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    app = corner.page("alerts", monkeypatch)
    assert not app.exception
    assert any("Nobody is told" in element.value for element in app.markdown)


def test_an_alert_to_an_address_that_is_gone_cannot_be_tried_again(addressed: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    with addressed.store.database.write() as connection:
        record_drafts(connection, [AlertDraft("fax", Alert(Message.text("a.csv is empty")))], now(connection))
    (alert,) = [alert for alert in addressed.store.outbox.due() if alert.sink == "fax"]
    addressed.store.outbox.finish(addressed.store.outbox.begin(alert), Message.of("alert_no_sink", sink="fax"))
    app = choose(addressed.page("alerts", monkeypatch), "failed")
    assert any("Its address is configured no longer" in element.value for element in app.caption)
    assert "alert_retry" not in [button.key for button in app.button]


def test_an_alert_that_waits_says_until_when_and_why_and_can_be_sent_at_once(addressed: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    route = Message.of("route_when", text="severity: critical")
    with addressed.store.database.write() as connection:
        record_drafts(connection, [AlertDraft("json", Alert(Message.text("a.csv is empty")), route)], moment := now(connection))
        values = {"due": moment + timedelta(hours=1), "wait": Message.of("wait_quiet", until="2026-03-02T06:00:00+00:00").dumps()}
        connection.execute(update(ALERTS).where(ALERTS.c.route != "").values(values))
    app = choose(addressed.page("alerts", monkeypatch), "waiting")
    captions = [element.value for element in app.caption]
    assert any("it waits for the end of quiet hours" in caption for caption in captions)
    assert any("the address takes alerts with" in caption for caption in captions)
    app.text_input(key="signature_by").input("Ann")
    app.button(key="alert_retry").click().run()
    assert [alert.forced for alert in addressed.store.outbox.due()] == [True]
