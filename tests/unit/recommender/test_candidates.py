"""A candidate answers its share of users; before it is shown, its lists are logged and change no answer; a shop without one answers as before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from sluice.config import Config
from sluice.config.canary import Canary
from sluice.config.exposures import Exposures
from sluice.domain import Artifact, Model, RecordedEvent
from sluice.domain.exposures import ShownList
from sluice.errors import ModelError
from sluice.rules.canary import takes_part
from sluice.serving.service import RecommenderService
from sluice.wiring.exposures import SHADOW

Make = Callable[..., Any]
NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)
USERS = [f"u{number:03}" for number in range(40)]
MINE = [user for user in USERS if takes_part(user, 2, 0.5)]


@dataclass
class Store:
    """A champion, and where `blessed` is set a candidate with the same bytes."""

    current: Any
    artifact: Artifact
    blessed: datetime | None = NOW - timedelta(days=1)
    damaged: bool = False

    def snapshot(self) -> Any:
        return self.current

    @property
    def models(self) -> Store:
        return self

    def versions(self, name: str) -> Sequence[Model]:
        candidate = [Model(name, 2, "blessed", "", {}, self.blessed)] if self.blessed else []
        return [*candidate, Model(name, 1, "champion", "", {}, NOW)]

    def load(self, _: str, version: int | None = None) -> Artifact | None:
        if version == 2 and self.damaged:
            raise ModelError("its bytes are gone")
        return self.artifact


@dataclass
class NoEvents:
    """Nobody records events."""

    added: list[RecordedEvent] = field(default_factory=list)

    def add(self, event: RecordedEvent, *, timed: bool = True) -> None:
        self.added.append(event)

    def of(self, user: str) -> Sequence[RecordedEvent]:
        return [event for event in self.added if event.user == user]

    def prune(self, snapshot: int, until: datetime) -> int:
        return 0


@pytest.fixture
def open_service(snapshot: Any, trained: Artifact, settings: Make) -> Make:
    def make(log: list[ShownList] | None = None, **canary: Any) -> tuple[RecommenderService, Store]:
        store = Store(snapshot, trained)
        changes: dict[str, Any] = {"canary": Canary(share=0.5, **canary), "exposures": Exposures()} if log is not None else {}
        config = cast("Any", Config).model_construct(recommender=settings(title=None, **changes))
        service = RecommenderService(store, config, lambda: NOW, NoEvents())
        service.log_list = None if log is None else log.append
        return service, store

    return make


def test_a_share_of_users_gets_the_candidate_and_each_list_names_its_version(open_service: Make) -> None:
    log: list[ShownList] = []
    service, _ = open_service(log)
    answers = {user: service.recommend(user, 3, place="home") for user in USERS}
    assert {user for user, answer in answers.items() if answer.model == 2} == {*MINE}
    assert [(one.user, one.model, one.place, one.id) for one in log] == [(user, answers[user].model, "home", answers[user].id) for user in USERS]
    assert log[0].items == tuple(entry.item for entry in answers[USERS[0]])
    assert service.recommend(None, 3).model == service.recommend(None, 3, history=["i01"]).model == 1, "visitors get the champion"


def test_a_candidate_in_the_shadow_is_logged_and_changes_no_answer(open_service: Make) -> None:
    log: list[ShownList] = []
    service, _ = open_service(log, shadow="2d")
    assert {service.recommend(user, 3).model for user in USERS} == {1}
    assert [one.user for one in log if one.model == 2] == MINE
    assert {one.place for one in log if one.model == 2} == {SHADOW}
    assert len(log) == len(USERS) + len(MINE)


def test_nobody_gets_a_candidate_that_is_damaged(open_service: Make, caplog: pytest.LogCaptureFixture) -> None:
    log: list[ShownList] = []
    service, store = open_service(log)
    store.damaged = True
    assert {service.recommend(user, 3).model for user in USERS} == {1}
    assert "nobody gets the candidate, version 2" in caplog.text


def test_a_shop_without_these_settings_logs_nothing_and_answers_as_before(open_service: Make) -> None:
    service, store = open_service()
    store.blessed = None
    plain, _ = open_service()  # a version that is blessed is of no interest where there is no canary
    ruled, other = open_service([])
    other.blessed = None
    for user in (*USERS[:5], None):
        answers = [one.recommend(user, 5, language="en") for one in (service, plain, ruled)]
        assert answers[0] == answers[1] == replace(answers[2], id="")
        assert (answers[0].id, answers[0].model) == ("", 1)


def test_the_past_items_that_an_answer_needs_are_those_of_the_version_that_the_user_gets(open_service: Make) -> None:
    service, _ = open_service([])
    user = MINE[0]
    needed = service.needed(user, 4)
    assert list(needed) == [entry.item for entry in service.recommend(user, 4)]
    assert set().union(*needed.values()) <= set(service.history(user)["item"])
    assert set(service.needed(user, 4, where="family=family 2")) <= {f"i{number}" for number in range(12, 18)}
