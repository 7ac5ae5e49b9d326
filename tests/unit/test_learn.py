from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sluice import rules
from sluice.domain import EMPTY, Artifact, Message, Model, Run, Schema
from sluice.errors import ModelError
from sluice.jobs import Learner, Learning, learn, refit
from sluice.messages import render

NOW = datetime(2026, 3, 15, tzinfo=UTC)
DAY = timedelta(days=1)
NAME = "events.odd"
SCHEMA = Schema("events")


def model(version: int, state: Any = "champion", **card: object) -> Model:
    return Model(NAME, version, state, "", {"rows": 1_000, **card}, NOW)


def learning(*kept: Model, rows: int = 1_500, updates: bool = True, every: timedelta | None = None) -> tuple[str, str]:
    step, reason = rules.next_step(kept, rows, min_rows=500, incremental=updates, every=every, now=NOW)
    return step, render(reason)


def test_a_learner_is_fitted_first_when_there_is_enough_history() -> None:
    assert learning(rows=499) == ("wait", "there is too little history")
    assert learning(rows=500) == ("fit", "there is enough history")
    assert learning(model(1, "rejected"), rows=500)[0] == "fit"


def test_it_learns_on_from_each_batch_where_it_can() -> None:
    assert learning(model(1)) == ("partial_fit", "a batch was accepted")
    assert learning(model(1), updates=False) == ("wait", "nothing is due")


def test_it_is_fitted_anew_when_history_has_grown_fourfold_or_the_fit_is_old() -> None:
    assert learning(model(1), rows=4_000) == ("fit", "the history has grown since the last fit")
    assert learning(model(1, fitted=(NOW - 3 * DAY).isoformat()), every=2 * DAY) == ("fit", "the last fit is 3.0 days old")
    assert learning(model(1, fitted=(NOW - DAY).isoformat()), every=2 * DAY)[0] == "partial_fit"


def test_it_is_fitted_anew_when_it_asks_for_it_but_not_after_every_batch() -> None:
    assert learning(model(4, refit="the rows have changed", updates=3)) == ("fit", "the rows have changed")
    assert learning(model(2, refit="the rows have changed", updates=1))[0] == "partial_fit"


def test_a_stand_in_makes_room_when_there_is_enough_history() -> None:
    assert learning(model(1, wants=5_000), rows=1_900)[0] == "partial_fit"
    assert learning(model(1, wants=1_800), rows=1_900)[0] == "fit"


def test_after_a_roll_back_it_waits_until_a_fit_is_due() -> None:
    back = model(2, "rolled_back", refit="the rows have changed", updates=9), model(1)
    assert learning(*back) == ("wait", "the newest version was rolled back")
    assert learning(*back, rows=4_000)[0] == "fit"
    assert learning(model(3), *back)[0] == "partial_fit"


@dataclass(eq=False)
class FakeSnapshot:
    run_records: list[Run]
    id: str = "7"

    def runs(self, dataset: str) -> list[Run]:
        return self.run_records


@dataclass(eq=False)
class Models:
    """Registered models in memory, the newest version first."""

    all: list[Model] = field(default_factory=list)

    def versions(self, name: str) -> list[Model]:
        return self.all

    def save(self, name: str, artifact: Artifact, state: Any, *, at: datetime, keep: int | None = None) -> Model:
        assert keep == 3
        self.all = [Model(name, len(self.all) + 1, state, "", artifact.card, at), *[model for model in self.all if model.state != "champion"]]
        return self.all[0]


@dataclass(eq=False)
class Log:
    """The activity log in memory."""

    entries: list[tuple[str, str, str]] = field(default_factory=list)

    def log(self, *, who: str, what: str, subject: str, reason: Message = EMPTY, at: datetime) -> None:
        self.entries.append((who, what, render(reason)))


class Memory:
    """A store in memory."""

    def __init__(self, current: FakeSnapshot, models: list[Model] | None = None) -> None:
        self.current = current
        self.models, self.activity = Models(models or []), Log()

    def snapshot(self) -> FakeSnapshot:
        return self.current


def runs(count: int) -> list[Run]:
    return [Run(f"r{i}", "events", "ingest", i, NOW, "published", good=400) for i in range(count)]


def pace(store: Memory) -> Learning:
    def learned(name: str, snapshot_id: str) -> Artifact:
        return Artifact(b"", {"rows": 400 * len(store.current.run_records), "seen": [run.id for run in store.current.run_records]})

    def learned_on(name: str, snapshot_id: str) -> Artifact:
        return Artifact(b"", {**store.models.all[0].card, "seen": [run.id for run in store.current.run_records]})

    return Learning(learned, learned_on)


def test_a_life_is_recorded_with_why() -> None:
    store: Any = Memory(FakeSnapshot(runs(2)))
    learner = Learner(NAME, 500, updates=True)
    steps = []
    for count in (1, 2, 3, 3, 8):
        store.current = FakeSnapshot(runs(count))
        steps.append([(each.card["rows"], each.card["updates"], each.card["fitted"]) for each in learn(SCHEMA, [learner], store, pace(store), now=NOW)])
    fitted = NOW.isoformat()
    assert steps == [[], [(800, 0, fitted)], [(800, 1, fitted)], [], [(3200, 0, fitted)]]
    assert store.activity.entries == [("learn", "fit", "there is enough history"), ("learn", "fit", "the history has grown since the last fit")]


def test_a_fit_that_a_person_asked_for_is_recorded_under_the_name() -> None:
    store: Any = Memory(FakeSnapshot(runs(3)), [model(2, "rolled_back"), model(1)])
    assert learn(SCHEMA, [Learner(NAME, 500, updates=True)], store, pace(store), now=NOW) == []
    assert refit(NAME, store, pace(store), by="Ada", why=Message.text("after the sale"), now=NOW).card["rows"] == 1_200
    assert store.activity.entries == [("Ada", "fit", "after the sale")]


def test_a_learner_that_lacks_history_is_left_for_later() -> None:
    def refuse(name: str, snapshot_id: str) -> Artifact:
        raise ModelError("waits for 3 more rows")

    store: Any = Memory(FakeSnapshot(runs(3)))
    assert learn(SCHEMA, [Learner(NAME, 500)], store, Learning(refuse, refuse), now=NOW) == []
    with pytest.raises(ModelError, match="3 more rows"):
        refit(NAME, store, Learning(refuse, refuse), by="Ada", why=Message.text("now"), now=NOW)
