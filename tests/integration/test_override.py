"""A gate that is opened for a while by click: with a name, a reason and an end, logged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from sluice.app import App, carry_out
from sluice.domain import Message, Request
from sluice.errors import UsageError
from sluice.store import connect, upgrade

CONFIG = """
clock: 2026-03-15T06:00:00Z
datasets:
  events:
    source: {files: "landing/*.csv"}
    columns: {item: {type: string}}
"""


@pytest.fixture
def app(tmp_path: Path, opened: Callable[[Path], App]) -> App:
    """A shop in which nothing has come yet."""
    (tmp_path / "sluice.yaml").write_text(CONFIG)
    (tmp_path / ".sluice").mkdir()
    upgrade(connect(f"sqlite:///{tmp_path / '.sluice/sluice.db'}"))
    return opened(tmp_path / "sluice.yaml")


def submit_override(app: App, hours: int) -> Request:
    return app.store.requests.submit(Request(f"r{hours}", "override", "events", "Ada", "the sale starts", app.now(), until=app.now() + timedelta(hours=hours)))


def test_a_request_opens_the_gate_until_its_end_and_says_who(app: App) -> None:
    assert app.gate("events").state == "unknown"
    carry_out(app, submit_override(app, 2))
    decision = app.gate("events")
    assert decision.open and decision.override is not None
    assert (decision.override.by, decision.override.reason, decision.override.expires - app.now()) == ("Ada", "the sale starts", timedelta(hours=2))
    assert app.store.requests.all()[0].answer == Message.of("override_granted", until="2026-03-15T08:00:00+00:00")
    assert any("Ada" in str(entry) and "the sale starts" in str(entry) for entry in app.store.activity.entries())


def test_one_that_has_ended_already_is_refused(app: App) -> None:
    with pytest.raises(UsageError, match="ended before it could begin"):
        carry_out(app, submit_override(app, 0))
    assert app.gate("events").state == "unknown"
    assert app.store.requests.all()[0].state == "refused"


def test_the_end_is_kept(app: App) -> None:
    request = submit_override(app, 24)
    assert app.store.requests.all()[0].until == request.until
