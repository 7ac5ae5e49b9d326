"""What a retrain asks, keeps and tells, over a store in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sluice.domain import EMPTY, Alert, Artifact, Comparison, Curve, Decision, Message, MetricDifference, Model, Override, Probe, PromotionPolicy
from sluice.errors import ModelError
from sluice.jobs import Retrained, measure_costs, retrain
from sluice.jobs.cost_curve import CostStudySetup
from sluice.jobs.retrain import Training
from sluice.messages import render
from sluice.ports import Progress, no_progress

NOW = datetime(2026, 3, 15, tzinfo=UTC)
LOW = Message.of("worst_dimension_below", dimension="validity", value=80.0, limit=90)
NAME = "recommender"
FINE = Comparison(MetricDifference(500, 0.1, 0.11, 0.1, 0.05, 0.15), None, {}, None, 5.0, 3, same=True)
WORSE = replace(FINE, trusted=MetricDifference(500, 0.1, 0.09, -0.1, -0.15, -0.05))
OPEN = Decision("events", "open", (), NOW, "7", ("e1",))


@dataclass(eq=False)
class Models:
    """Registered models in memory."""

    all: list[Model] = field(default_factory=list)
    contents: dict[int, bytes] = field(default_factory=dict)
    damaged: bool = False

    def versions(self, name: str) -> Sequence[Model]:
        return self.all[::-1]

    def save(self, name: str, artifact: Artifact, state: Any, *, at: datetime, keep: int | None = None) -> Model:
        model = Model(name, len(self.all) + 1, state, "", artifact.card, at)
        self.all.append(model)
        self.contents[model.version] = artifact.tensors
        return model

    def finish_evaluation(self, name: str, version: int, state: Any, evidence: Mapping[str, object]) -> Model:
        before = self.all[version - 1]
        self.all[version - 1] = replace(before, state=state, card={**before.card, **evidence})
        return self.all[version - 1]

    def load(self, name: str, version: int | None = None) -> Artifact | None:
        match = next((model for model in self.versions(name) if model.version == version or (version is None and model.state == "champion")), None)
        if match and version is None and self.damaged:
            raise ModelError("its bytes are not those that were saved")
        return Artifact(self.contents[match.version], match.card) if match else None


@dataclass(eq=False)
class Log:
    """Decisions and activity in memory."""

    decisions: list[Decision] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    entries: list[tuple[str, str, Message]] = field(default_factory=list)

    def record(self, decision: Decision, *, by: str, alert: Alert | None = None) -> None:
        self.decisions.append(decision)
        self.alerts += [alert] if alert else []

    def log(self, *, who: str, what: str, subject: str, reason: Message = EMPTY, at: datetime) -> None:
        self.entries.append((what, subject, reason))


@dataclass(frozen=True)
class Held:
    """A lease."""

    name: str
    epoch: int = 1


class MemoryStore:
    """A store that keeps models, decisions and what is logged."""

    def __init__(self, *, damaged: bool = False) -> None:
        self.models = Models(damaged=damaged)
        self.decisions = self.activity = Log()
        self.leases: list[str] = []

    @contextmanager
    def lease(self, name: str) -> Iterator[Held]:
        self.leases.append(name)
        yield Held(name)

    def transaction(self, *leases: Any) -> AbstractContextManager[None]:
        return nullcontext()


@dataclass(eq=False)
class Worker:
    """A worker that trains nothing, and compares as it is told."""

    comparison: Comparison | Exception
    compared: list[tuple[Artifact | None, Artifact, str]] = field(default_factory=list)

    def train(self, decisions: Sequence[Decision], log_dir: str | None = None, progress: Progress = no_progress) -> Artifact:
        return Artifact(b"new", {"kind": "blend"})

    def compare(self, champion: Artifact | None, challenger: Artifact, snapshot_id: str) -> Comparison:
        self.compared.append((champion, challenger, snapshot_id))
        if isinstance(self.comparison, Exception):
            raise self.comparison
        return self.comparison


def run_retrain(store: MemoryStore, comparison: Comparison | Exception = FINE, *decisions: Decision, request: str = "") -> tuple[Retrained, list[Any]]:
    worker = Worker(comparison)
    gates = {decision.dataset: decision for decision in decisions or (OPEN, replace(OPEN, dataset="catalog", runs=("c1",)))}
    training = Training(PromotionPolicy(), {"events": "abc"})
    return retrain(NAME, list(gates), store, gates.__getitem__, worker, training, by="Ada", now=NOW, request=request), worker.compared


def test_a_request_is_trained_for_once_and_an_interrupted_evaluation_does_not_count() -> None:
    store = MemoryStore()
    store.models.save(NAME, Artifact(b"cut", {"request": "q1"}), "evaluating", at=NOW)
    first, _ = run_retrain(store, request="q1")
    again, comparisons = run_retrain(store, request="q1")
    assert first.model == again.model
    assert (first.reason, comparisons) == (again.reason, [])
    assert [model.state for model in store.models.all] == ["rejected", "champion"]
    other, _ = run_retrain(store, request="q2")
    assert other.model is not None
    assert other.model.version == 3


def test_a_challenger_that_passes_serves_and_its_card_tells_all_that_let_it() -> None:
    store = MemoryStore()
    store.models.save(NAME, Artifact(b"old", {}), "champion", at=NOW)
    done, comparisons = run_retrain(store)
    assert done.model is not None and done.promotion is not None
    assert (done.model.state, done.promotion.won) == ("champion", True)
    champion, challenger, snapshot = comparisons[0]
    assert (champion.tensors, challenger.tensors, snapshot) == (b"old", b"new", "7")
    card: Any = done.model.card
    assert card["rules"] == {"events": "abc"}
    assert [(gate["dataset"], gate["runs"], gate["override"]) for gate in card["gates"]] == [("events", 1, None), ("catalog", 1, None)]
    assert card["comparison"]["trusted"]["change"] == 0.1
    assert [check["passed"] for check in card["checks"]] == [True] * 4
    assert store.activity.entries == [("retrain", "recommender 2 champion", done.reason)]
    assert store.leases == ["model.recommender"]


def test_a_challenger_that_fails_is_kept_with_each_reason() -> None:
    store = MemoryStore()
    store.models.save(NAME, Artifact(b"old", {}), "champion", at=NOW)
    done, _ = run_retrain(store, WORSE)
    assert done.model is not None
    assert done.model.state == "rejected"
    assert "-10.0%, 95 % interval -15.0% to -5.0%" in render(done.reason)
    assert store.models.load(NAME) == Artifact(b"old", {})


def test_nothing_is_trained_while_a_gate_is_not_open() -> None:
    store = MemoryStore()
    done, comparisons = run_retrain(store, FINE, OPEN, Decision("catalog", "closed", (LOW,), NOW))
    assert (done.model, comparisons, store.models.all) == (None, [], [])
    assert render(done.reason) == "catalog is closed: validity is 80.0, below 90"
    assert [render(alert.title) for alert in store.decisions.alerts] == ["catalog: the gate is closed"]
    assert len(store.decisions.decisions) == 2
    assert store.activity.entries == [("retrain waits", "recommender", done.reason)]


def test_an_override_is_named_on_the_card() -> None:
    word = Override("events", "Ada", "the sale starts", NOW, NOW + timedelta(hours=2))
    done, _ = run_retrain(MemoryStore(), FINE, replace(OPEN, override=word, reasons=(Message.of("gate_overridden", by="Ada", reason="the sale starts"),)))
    assert done.model is not None
    gates: Any = done.model.card["gates"]
    assert (gates[0]["override"]["by"], gates[0]["override"]["reason"]) == ("Ada", "the sale starts")


def test_a_challenger_that_cannot_be_compared_is_rejected_and_says_why() -> None:
    store = MemoryStore()
    with pytest.raises(ModelError, match="cut short"):
        run_retrain(store, ModelError("its bytes are cut short"))
    assert [(model.state, render(Message.from_json(model.card["reason"]))) for model in store.models.all] == [
        ("rejected", "the comparison failed: its bytes are cut short")
    ]


def test_an_evaluation_that_a_crash_broke_off_is_settled_by_the_next_retrain() -> None:
    store = MemoryStore()
    store.models.save(NAME, Artifact(b"half", {}), "evaluating", at=NOW)
    run_retrain(store)
    assert [model.state for model in store.models.all] == ["rejected", "champion"]


def test_a_champion_whose_bytes_are_lost_does_not_stand_in_the_way() -> None:
    store = MemoryStore(damaged=True)
    store.models.save(NAME, Artifact(b"old", {}), "champion", at=NOW)
    done, comparisons = run_retrain(store)
    assert comparisons[0][0] is None
    assert done.model is not None and done.model.state == "champion"


class Prober:
    """A worker that measures as much as is injected."""

    def __init__(self) -> None:
        self.injected: list[tuple[str, float]] = []

    def measure(self, setup: object, kind: str, rate: float, seed: int) -> Probe:
        self.injected.append((kind, rate))
        return Probe(kind, rate, 100 - 100 * rate, rate < 0.1, rate / 2, rate / 4, rate, rate)

    def draw_curve(self, dataset: str, probes: Sequence[Probe], seed: int) -> tuple[Curve, bytes]:
        from recommender.cost_curve.isotonic import fit_cost_curve, serialize_probes

        return fit_cost_curve(dataset, probes), serialize_probes(probes)


def test_a_cost_curve_has_a_probe_of_each_kind_at_each_rate_and_is_stored() -> None:
    store, worker = MemoryStore(), Prober()
    setup = CostStudySetup("events", "7", ("e1", "e2"), [100.0] * 9, ["crawler", "click_farm"], [0.05, 0.2])
    reported: list[tuple[int, int | None]] = []

    def progress(what: Message, done: int, total: int | None) -> None:
        reported.append((done, total))

    study = measure_costs(setup, store, worker, max_recall_loss=0.03, by="Ada", now=NOW, progress=progress)
    assert worker.injected == [("nothing", 0.0), ("crawler", 0.05), ("crawler", 0.2), ("click_farm", 0.05), ("click_farm", 0.2)]
    assert reported[-1] == (5, 5)
    assert study.proposal.minimum == 94
    assert (store.models.all[0].name, store.models.all[0].state) == ("calibration", "champion")
    card: Any = store.models.all[0].card
    assert card["batches"] == ["e1", "e2"]
    assert len(card["probes"]) == 5


def test_with_a_canary_a_winner_is_a_candidate_first_where_there_is_a_champion() -> None:
    store = MemoryStore()
    training = Training(PromotionPolicy(), {}, canary=True)
    states = [retrain(NAME, ["events"], store, lambda _: OPEN, Worker(FINE), training, by="Ada", now=NOW).model for _ in range(2)]
    assert [model.state for model in states if model] == ["champion", "blessed"]
    assert store.models.versions(NAME)[0].card["canary"] == Message.of("canary_begins").to_json()
    loser = retrain(NAME, ["events"], store, lambda _: OPEN, Worker(WORSE), training, by="Ada", now=NOW).model
    assert loser is not None
    assert loser.state == "rejected"
