from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from sluice import rules
from sluice.domain import EMPTY, Artifact, Message, Model, Run, Schema
from sluice.errors import ModelError
from sluice.jobs import Learner, learn, refit
from sluice.messages import render
from sluice.ports import Snapshot

NOW = datetime(2026, 3, 15, tzinfo=UTC)
DAY = timedelta(days=1)
NAME = "events.odd"
SCHEMA = Schema("events")


def model(version: int, state: Any = "champion", **card: object) -> Model:
    return Model(NAME, version, state, "", {"rows": 1_000, **card}, NOW)


def learning(*versions: Model, rows: int = 1_500, updates: bool = True, every: timedelta | None = None) -> tuple[str, str]:
    step, reason = rules.next_step(versions, rows, min_rows=500, incremental=updates, every=every, now=NOW)
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
    """A snapshot of runs; its model is the champion of the store."""

    run_records: list[Run]
    models: Models
    id: str = "7"

    def runs(self, dataset: str) -> list[Run]:
        return self.run_records

    def model(self, name: str) -> Artifact | None:
        return next((Artifact(b"", model.card) for model in self.models.all if model.state == "champion"), None)

    def published(self, dataset: str) -> pl.LazyFrame:
        raise AssertionError(dataset)

    def repairs(self, dataset: str) -> pl.LazyFrame:
        return pl.LazyFrame()

    def quarantine(self, dataset: str) -> pl.LazyFrame:
        raise AssertionError(dataset)

    def metrics(self, dataset: str, runs: object = None) -> pl.DataFrame:
        raise AssertionError(dataset)

    def without(self, batch_id: str) -> FakeSnapshot:
        raise AssertionError(batch_id)


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

    def __init__(self, run_count: int, models: list[Model] | None = None) -> None:
        self.models, self.activity = Models(models or []), Log()
        self.run_count = run_count

    def snapshot(self, snapshot_id: str | None = None) -> FakeSnapshot:
        return FakeSnapshot([Run(f"r{i}", "events", "ingest", i, NOW, "published", good=400) for i in range(self.run_count)], self.models)


class Detector:
    """A detector that learns from all runs, or refuses to."""

    name = NAME

    def __init__(self, refusal: str = "") -> None:
        self.refusal = refusal

    def train(self, snapshot: Snapshot, *, seed: int) -> Artifact:
        if self.refusal:
            raise ModelError(self.refusal)
        runs = snapshot.runs("events")
        return Artifact(b"", {"rows": 400 * len(runs), "seen": [run.id for run in runs]})

    def partial_fit(self, artifact: Artifact, snapshot: Snapshot, *, seed: int) -> Artifact:
        return Artifact(b"", {**artifact.card, "seen": [run.id for run in snapshot.runs("events")]})


DETECTOR = Detector()


def test_each_fit_is_recorded_with_its_reason() -> None:
    store, steps = Memory(2), []
    for store.run_count in (1, 2, 3, 3, 8):
        models = learn(SCHEMA, [Learner(NAME, 500, incremental=True)], {NAME: DETECTOR}, store, now=NOW)
        steps.append([(model.card["rows"], model.card["updates"], model.card["fitted"]) for model in models])
    fitted = NOW.isoformat()
    assert steps == [[], [(800, 0, fitted)], [(800, 1, fitted)], [], [(3200, 0, fitted)]]
    assert store.activity.entries == [("learn", "fit", "there is enough history"), ("learn", "fit", "the history has grown since the last fit")]


def test_a_fit_that_a_person_requested_is_recorded_under_the_name() -> None:
    store = Memory(3, [model(2, "rolled_back"), model(1)])
    assert learn(SCHEMA, [Learner(NAME, 500, incremental=True)], {NAME: DETECTOR}, store, now=NOW) == []
    assert refit(DETECTOR, store, by="Ada", reason=Message.text("after the sale"), now=NOW).card["rows"] == 1_200
    assert store.activity.entries == [("Ada", "fit", "after the sale")]


def test_a_detector_that_lacks_history_is_left_for_later() -> None:
    store, refusing = Memory(3), Detector("waits for 3 more rows")
    assert learn(SCHEMA, [Learner(NAME, 500)], {NAME: refusing}, store, now=NOW) == []
    with pytest.raises(ModelError, match="3 more rows"):
        refit(refusing, store, by="Ada", reason=Message.text("now"), now=NOW)
