"""Who is told what, and that a message that was not delivered is not silent."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sluice.alerts import Alert, Alerts, about_failure, about_gate, about_run
from sluice.domain import Decision, Message, Run
from sluice.errors import NotDelivered

NOW = datetime(2026, 3, 15, tzinfo=UTC)
LOW = Message.of("worst_dimension_below", dimension="validity", value=80.0, limit=90)


def run(**more: object) -> Run:
    return Run(**{"id": "a1", "dataset": "events", "kind": "ingest", "seq": 1, "at": NOW, "state": "published", "decision": "open", **more})  # type: ignore[arg-type]  # fields by name


def test_good_news_is_no_news() -> None:
    assert about_run(run()) is None
    assert about_run(run(kind="release", decision="closed")) is None
    assert about_gate(Decision("events", "open", (), NOW, "1")) is None


def test_bad_news_says_what_and_why() -> None:
    closed = about_run(run(decision="closed", reasons=(LOW,), rows=100, bad=20))
    assert closed == Alert("events: batch a1 may not be learned from", "20 of 100 rows are held\nvalidity is 80.0, below 90")
    single_row = about_run(run(decision="closed", rows=1, bad=1))
    assert single_row == Alert("events: batch a1 may not be learned from", "1 of 1 row is held")
    aside = about_run(run(state="failed", error=Message.text("events.csv: is empty")))
    assert aside == Alert("events: a file could not be read", "events.csv: is empty")
    gate = about_gate(Decision("events", "closed", (Message.text("late"),), NOW))
    assert gate == Alert("events: the gate is closed", "late")
    assert about_failure("audit", "the disk is full") == Alert("the job audit failed", "the disk is full")


def test_no_address_is_fine_and_a_wrong_one_is_told_without_its_secret() -> None:
    Alerts("Shop").send(Alert("a", "b"))
    with pytest.raises(NotDelivered, match="nosuch") as caught:
        Alerts("Shop", ["nosuch://secret@host"]).send(Alert("a", "b"))
    assert "secret" not in str(caught.value)


def test_a_dead_address_is_told() -> None:
    with pytest.raises(NotDelivered, match="was not delivered"):
        Alerts("Shop", ["json://127.0.0.1:9/"]).send(Alert("a", "b"))
