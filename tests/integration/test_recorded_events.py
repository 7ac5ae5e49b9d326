"""Events that a shop posts outlive the process that took them, until they are published or their person is forgotten."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sluice.app import App, build
from sluice.app.forget import forget, identify
from sluice.app.values import erase_value, find_value
from sluice.cli.main import outcome
from sluice.domain import MAX_EVENT_AGE, RecordedEvent
from sluice.errors import SluiceError
from sluice.serving.service import RecommenderService
from sluice.store.recorded_events import RecordedEvents
from sluice.store.values import ValueQuery
from sluice.wiring.forget_key import KEY_VARIABLE
from sluice.wiring.recorded_events import EventsOfShop

CONFIG = """
database: {url}
clock: 2026-03-03
datasets:
  events:
    source: {{files: "landing/events*.csv"}}
    key: [id]
    time: ts
    columns: {{id: {{required: true}}, customer: {{}}, item: {{}}, kind: {{}}, ts: {{type: timestamp}}}}
  items:
    source: {{files: "landing/items*.csv"}}
    mode: snapshot
    key: [item]
    columns: {{item: {{required: true}}}}
recommender: {{events: events, items: items, user: customer, item: item, time: ts, kind: kind, weights: {{view: 1, buy: 3}}}}
"""
LATER = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def shop(url: str, tmp_path: Path) -> Path:
    """A shop with two published events of the users 7 and 8."""
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing/events-2026-03-01.csv").write_text("id,customer,item,kind,ts\n1,7,mug,view,2026-03-01T10:00:00Z\n2,8,mug,buy,2026-03-01T11:00:00Z\n")
    (tmp_path / "landing/items-2026-03-01.csv").write_text("item\nmug\ncup\n")
    path = tmp_path / "sluice.yaml"
    path.write_text(CONFIG.format(url=url))
    with build(path) as app:
        list(app.run(app.pending_arrivals()))
    return path


def service_of(app: App) -> RecommenderService:
    return RecommenderService(app.store, app.config, app.now, EventsOfShop(app.config, app.store), closing=app.close)


def items(service: RecommenderService, user: str) -> list[str]:
    return service.history(user)["item"].to_list()


def test_an_event_counts_in_every_process_until_its_batch_is_published(shop: Path) -> None:
    with service_of(build(shop)) as service:
        service.record_event("7", "cup", "view", LATER, event_id="e1")
        service.record_event("7", "cup", "view", LATER, event_id="e1")
        with service_of(build(shop)) as other:
            assert items(service, "7") == items(other, "7") == ["mug", "cup"]
    (shop.parent / "landing/events-2026-03-02.csv").write_text("id,customer,item,kind,ts\n3,8,cup,view,2026-03-02T13:00:00Z\n")
    with build(shop) as app:
        list(app.run(app.pending_arrivals()))
    with service_of(build(shop)) as service:
        assert items(service, "7") == ["mug"], "the published rows decide"
        assert items(service, "8") == ["mug", "cup"]


def test_a_person_who_is_forgotten_leaves_the_recorded_events_and_does_not_come_back(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "a key of the tests, for one shop")
    with build(shop) as app:
        events = EventsOfShop(app.config, app.store)
        for user in ("7", "8", "78"):
            events.add(RecordedEvent(user, "cup", "view", LATER))
        (shop.parent / "landing/events-2026-03-01.csv").unlink()
        erasure = forget(app, identify(app, "7", [], []), by="Ada", reason="a request")
        assert not [entry for entry in erasure.remaining if entry.place.root == "database"]
        events.add(RecordedEvent("7", "cup", "view", LATER))
        assert [len(events.of(user)) for user in ("7", "8", "78")] == [0, 1, 1]
        monkeypatch.delenv(KEY_VARIABLE)
        with pytest.raises(SluiceError, match=KEY_VARIABLE):
            events.add(RecordedEvent("8", "cup", "view", LATER))


def test_vacuum_deletes_events_that_were_recorded_a_month_ago(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with build(shop) as app:
        RecordedEvents(app.store.database, lambda: LATER - MAX_EVENT_AGE).add(RecordedEvent("7", "cup", "view", LATER))
        app.store.recorded_events.add(RecordedEvent("8", "cup", "view", LATER))
    for arguments, line in ((["--dry-run"], "nothing was deleted"), ([], "deleted")):
        assert outcome(["vacuum", *arguments, "--config", str(shop)]) == 0
        assert line in "".join(capsys.readouterr())
    with build(shop) as app:
        assert app.store.recorded_events.expire(dry_run=True) == 0
        assert [event.item for event in app.store.recorded_events.of("8")] == ["cup"]


def test_a_value_is_found_in_recorded_events_and_erased(shop: Path) -> None:
    with build(shop) as app:
        events = EventsOfShop(app.config, app.store)
        events.add(RecordedEvent("ann.planted@mail.example", "planted cup", "view", LATER, "of ann.planted@mail.example"))
        events.add(RecordedEvent("bob@mail.example", "cup", None, LATER))
        for value, columns in (("ann.planted@mail.example", ["user", "event"]), ("planted cup", ["item"])):
            occurrences = find_value(app, ValueQuery(value))
            assert [(entry.place.name, entry.where) for entry in occurrences] == [("recorded events", f"recorded_events.{column}") for column in columns]
        erase_value(app, ValueQuery("ann.planted@mail.example"), "erased", by="Ada", reason="a request")
        assert not find_value(app, ValueQuery("planted cup"))
        assert len(events.of("bob@mail.example")) == 1
