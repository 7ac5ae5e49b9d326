"""Recommendations, searches and events over HTTP: from a recommender by hand, loaded once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from recommender.serving.answer import Answer, AnswerItem
from sluice.app import App
from sluice.errors import ModelError, UsageError
from sluice.messages import make_error
from sluice.serving.recorded import require_time
from tests.unit.api.asking import Client, require_form, write_shop

CONFIGURED = "recommender: {events: orders, items: orders, user: email, item: id, time: id}\n"


@dataclass
class FakeService:
    """Answers with the arguments that it was asked with."""

    version: int | None = 3
    items: int = 1
    error: Exception | None = None
    calls: list[object] = field(default_factory=list)
    places: list[tuple[str, bool]] = field(default_factory=list)

    def state(self) -> object:
        if self.error is not None:
            raise self.error
        catalog = SimpleNamespace(items=pl.DataFrame({"item": ["mug"] * self.items}))
        model = SimpleNamespace(item_numbers={"mug": 0})
        return SimpleNamespace(champion=self.version and model, version=self.version, catalog_search=catalog, recommender=model)

    def recommend(
        self,
        user: str | None,
        k: int,
        *,
        history: Sequence[str],
        where: Sequence[str],
        language: str | None,
        region: str | None,
        place: str,
        record: bool,
        context: object = None,
    ) -> Answer:
        self.calls.append((user, k, tuple(history), *where, language, *([region] if region else [])))
        self.places.append((place, record))
        items = (AnswerItem("mug", 0.5, "Red mug", reason="you like mugs" if language else ""),)
        return Answer(items, "" if user else "these are the popular items", "l1" if place == "home" else "")

    def similar(self, item: str, k: int, *, where: Sequence[str], language: str) -> Answer:
        self.calls.append((item, k, *where, language))
        return Answer((AnswerItem("cup", 0.5, "Red cup", reason="Often chosen together with Red mug.", code="similar_by_choice"),))

    def search(self, query: str, k: int, *, user: str | None, where: Sequence[str], record: bool) -> Answer:
        self.calls.append((query, k, user, tuple(where), record))
        return Answer((AnswerItem("mug", 0.5, "Red mug", parts={"words": 0.25}),))

    def record_event(self, user: str, item: str, kind: str | None, time: object, event_id: str | None) -> None:
        self.calls.append((user, item, kind, str(time), event_id))
        if isinstance(time, datetime):
            require_time(time, datetime(2026, 3, 3, tzinfo=UTC))
        if kind == "unknown":
            raise UsageError("an event of kind 'unknown' has no weight")
        if event_id == "used":
            raise make_error(UsageError, "event_id_used", event=event_id)


@pytest.fixture
def opened(tmp_path: Path, client_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch) -> tuple[Client, FakeService, list[App]]:
    """A shop with a recommender by hand, and the times that it was opened."""
    service, times = FakeService(), list[App]()

    def open_service(app: App, **_: Any) -> FakeService:
        times.append(app)
        return service

    monkeypatch.setattr(App, "recommender", open_service)
    return client_of(write_shop(tmp_path / "shop", CONFIGURED)), service, times


def test_items_are_recommended_from_a_model_that_is_loaded_once(opened: tuple[Client, FakeService, list[App]]) -> None:
    ask, service, times = opened
    answered = ask("/v1/recommend?user=ann&k=5&history=a&history=b&language=en")
    require_form("recommend", answered)
    assert answered.json == {
        "model": 3,
        "id": None,
        "note": None,
        "items": [{"item": "mug", "title": "Red mug", "score": 0.5, "ad": False, "pinned": False, "reason": "you like mugs"}],
    }
    assert ask("/v1/recommend").json["note"] == "these are the popular items"
    assert service.calls == [("ann", 5, ("a", "b"), "en"), (None, 10, (), None)]
    assert len(times) == 1
    assert ask("/v1/recommend?region=north").status == 200
    assert service.calls[-1] == (None, 10, (), None, "north")
    service.places.pop()
    assert ask("/v1/recommend?place=home").json["id"] == "l1", "as the log of exposures names it"
    assert service.places == [("api", True), ("api", True), ("home", True)]


def test_the_catalog_is_searched(opened: tuple[Client, FakeService, list[App]]) -> None:
    ask, service, _ = opened
    answered = ask("/v1/search?query=red+mug&where=price%3C20&where=brand%3DAcme&user=ann")
    require_form("search", answered)
    assert answered.json["items"] == [{"item": "mug", "title": "Red mug", "score": 0.5, "parts": {"words": 0.25}}]
    assert service.calls == [("red mug", 10, "ann", ("price<20", "brand=Acme"), True)]
    service.version = None
    assert ask("/v1/search?query=mug").status == 200, "words and meaning need no model"


def test_similar_items_are_answered_with_reasons(opened: tuple[Client, FakeService, list[App]]) -> None:
    ask, service, _ = opened
    answered = ask("/v1/similar?item=mug&k=3&language=zh&where=price%3C20")
    require_form("similar", answered)
    assert answered.json["items"] == [
        {"item": "cup", "title": "Red cup", "score": 0.5, "ad": False, "code": "similar_by_choice", "reason": "Often chosen together with Red mug."}
    ]
    assert service.calls == [("mug", 3, "price<20", "zh")]
    assert (ask("/v1/similar?item=sofa").status, ask("/v1/similar").status) == (404, 400)


def test_events_are_recorded(opened: tuple[Client, FakeService, list[App]]) -> None:
    ask, service, _ = opened
    answered = ask("/v1/feedback", body={"user": "ann", "item": "mug", "kind": "view", "time": "2026-03-02T10:00:00Z", "id": "e1"})
    require_form("recordEvent", answered)
    assert service.calls == [("ann", "mug", "view", "2026-03-02 10:00:00+00:00", "e1")]
    answered = ask("/v1/feedback", body={"user": "ann", "item": "cup", "kind": "view", "id": "used"})
    assert (answered.status, answered.code) == (409, "event_id_used")
    for year, code in ((2036, "event_of_future"), (1026, "event_too_old")):
        answered = ask("/v1/feedback", body={"user": "ann", "item": "mug", "time": f"{year}-03-02T10:00:00Z"})
        assert (answered.status, answered.code) == (422, code)
        assert f"{year}-03-02" in answered.json["error"]["message"]
    assert ask("/v1/feedback", body={"user": "ann", "item": "mug", "kind": "unknown"}).status == 400
    assert ask("/v1/feedback", body={"user": "ann", "item": "mug", "time": "2026-03-02T10:00:00"}).code == "invalid_parameter"


def test_an_event_that_is_sent_again_under_its_key_is_recorded_once(own: Path, client_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch) -> None:
    service = FakeService()
    monkeypatch.setattr(App, "recommender", lambda _: service)
    own.write_text(own.read_text(encoding="utf-8") + CONFIGURED, encoding="utf-8")
    ask, event = client_of(own), {"user": "ann", "item": "mug", "kind": "view"}
    answers = [ask("/v1/feedback", body=event, idempotency_key="f1") for _ in range(2)]
    assert [(answered.status, answered.json) for answered in answers] == [(202, {"state": "recorded"})] * 2
    assert len(service.calls) == 1
    assert ask("/v1/feedback", body={**event, "item": "cup"}, idempotency_key="f1").status == 422


def test_what_cannot_be_recommended_is_said(opened: tuple[Client, FakeService, list[App]], ask: Client) -> None:
    assert (ask("/v1/recommend").status, ask("/v1/search?query=a").code) == (404, "no_recommender")
    asking, service, _ = opened
    assert [asking(f"/v1/{path}").status for path in ("recommend?k=0", "recommend?k=101", "recommend?language=fr", "search?query=", "search")] == [400] * 5
    assert asking("/v1/search?" + "&".join(["query=a", *["where=a%3D1"] * 11])).status == 400
    service.version, service.items = None, 0
    assert (asking("/v1/recommend").code, asking("/v1/search?query=a").code) == ("no_model", "no_catalog")
    service.error = ModelError("the model /srv/shop/models/3 is damaged")
    answered = asking("/v1/recommend")
    assert (answered.status, answered.code, "/srv" in answered.text) == (503, "unavailable", False)
