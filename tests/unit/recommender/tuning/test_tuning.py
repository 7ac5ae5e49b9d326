"""Trials are made within a budget, kept, continued, and named better only where users who did not choose say so."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from recommender.training.dataset import RecommenderDataset, Resources
from recommender.tuning.journal import Journal, RecordedTrial
from recommender.tuning.parameters import present_values, tuned_parameters, with_values
from recommender.tuning.proposals import TrialPlan
from recommender.tuning.study import Study
from recommender.tuning.trials import TuningData
from sluice.config import Recommender
from sluice.domain import TuningResult, TuningTrial
from sluice.errors import ModelError

Make = Callable[..., Any]
RUNS = ("e1", "c1")


@pytest.fixture(name="config", scope="module")
def _config(settings: Make) -> Recommender:
    chosen: Recommender = settings(models=("cooccurrence", "two_tower"), epochs=2, dimensions=8)
    return chosen


@pytest.fixture(name="data", scope="module")
def _data(snapshot: Any, config: Recommender) -> TuningData:
    return TuningData.of(config, RecommenderDataset.of(snapshot, config, RUNS, None, Resources()), seed=0)


def study_of(data: TuningData, path: Path, ticks: float = 1.0) -> Study:
    clock = iter(range(10**6))
    return Study(data, Journal(path / "study.jsonl"), lambda: ticks * next(clock))


@pytest.fixture(name="tried", scope="module")
def _tried(data: TuningData, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[TuningTrial]]:
    folder = tmp_path_factory.mktemp("tuning")
    study = study_of(data, folder)
    trials = [study.run_trial(1e6) for _ in range(3)]
    return folder, [trial for trial in trials if trial is not None]


def test_the_first_trial_has_the_present_settings_and_is_made_to_its_end(data: TuningData, tmp_path: Path) -> None:
    trial = study_of(data, tmp_path).run_trial(0)
    assert trial is not None and trial.state == "complete"
    assert trial.values == {
        "dimensions": 8, "epochs": 2, "two_tower.learning_rate": 0.003, "two_tower.temperature": 0.07, "two_tower.negatives": 512, "two_tower.dropout": 0.2,
    }  # fmt: skip
    assert study_of(data, tmp_path).run_trial(0) is None


def test_a_trial_ends_when_the_time_is_over_and_leaves_nothing(data: TuningData, tried: Any, tmp_path: Path) -> None:
    (tmp_path / "study.jsonl").write_bytes((tried[0] / "study.jsonl").read_bytes())
    assert study_of(data, tmp_path, ticks=1000).run_trial(1) is None
    assert len(Journal(tmp_path / "study.jsonl").read()) == 3


def test_an_interrupted_study_goes_on_as_one_that_was_not(data: TuningData, tried: Any, tmp_path: Path) -> None:
    lines = (tried[0] / "study.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "study.jsonl").write_text("".join(lines[:2]) + lines[2][:40])  # it was killed while it wrote
    again = study_of(data, tmp_path).run_trial(1e6)
    assert again is not None
    assert (again.number, again.values, again.ndcg) == (2, tried[1][2].values, tried[1][2].ndcg)
    assert [one.trial.number for one in Journal(tmp_path / "study.jsonl").read()] == [0, 1, 2]


def test_on_other_data_the_best_settings_of_before_come_second(data: TuningData, tried: Any, tmp_path: Path) -> None:
    (tmp_path / "other.jsonl").write_bytes((tried[0] / "study.jsonl").read_bytes())
    study = study_of(data, tmp_path)
    study.run_trial(1e6)
    second = study.run_trial(1e6)
    best = max((trial for trial in tried[1] if trial.state == "complete"), key=lambda trial: trial.ndcg)
    assert second is not None
    assert best.number == 0 or second.values == best.values


def test_what_was_found_is_confirmed_by_users_who_did_not_choose(data: TuningData, tried: Any, tmp_path: Path) -> None:
    journal, low, high = Journal(tmp_path / "study.jsonl"), (20,) * data.confirming.size, (0,) * data.confirming.size
    present = present_values(data.config, data.parameters)
    for number, (values, ndcg, ranks) in enumerate([(present, 0.1, low), ({**present, "epochs": 9}, 0.2, low), ({**present, "dimensions": 64}, 0.15, high)]):
        journal.append(RecordedTrial(TuningTrial(number, values, "complete", ndcg, 1.0, "two_tower"), ranks))
    lucky = study_of(data, tmp_path).result()
    assert (lucky.best, lucky.changes, lucky.confirmed) == (1, {"epochs": 9}, False)
    journal.append(RecordedTrial(TuningTrial(3, {**present, "epochs": 12}, "complete", 0.3, 1.0, "two_tower"), high))
    better = study_of(data, tmp_path).result()
    assert (better.best, better.changes, better.confirmed, better.after) == (3, {"epochs": 12}, True, 1.0)
    assert TuningResult.of(better.to_card()) == better
    assert TuningResult.of({"trials": 3}) is None


def test_nobody_is_in_both_halves(data: TuningData) -> None:
    assert abs(data.choosing.size - data.confirming.size) <= 1
    assert "two_tower" not in data.fixed and "cooccurrence" in data.fixed


def test_a_trial_that_does_worse_than_most_is_pruned(data: TuningData) -> None:
    values = present_values(data.config, data.parameters)
    trials = [TuningTrial(number, values, "complete", 0.3, 1.0, "two_tower", {25: 0.2, 50: 0.25}) for number in range(8)]
    assert TrialPlan(data.parameters, trials, 0).should_prune(25, 0.01)
    assert not TrialPlan(data.parameters, trials, 0).should_prune(25, 0.3)
    assert not TrialPlan(data.parameters, trials, 0, values).should_prune(25, 0.01)


def test_only_named_models_are_tuned_and_other_settings_stay(settings: Make) -> None:
    config = settings(models=({"als": {"iterations": 2, "factors": 16}}, "cooccurrence"))
    assert [parameter.key for parameter in tuned_parameters(config)] == ["als.factors", "als.regularization", "als.recency_decay"]
    assert present_values(config, tuned_parameters(config))["als.factors"] == 16
    changed = with_values(config, {"als.factors": 64})
    assert [(step.name, step.settings) for step in changed.models] == [("als", {"iterations": 2, "factors": 64}), ("cooccurrence", {})]


def test_without_a_setting_that_is_tuned_it_says_so(snapshot: Any, settings: Make, data: TuningData) -> None:
    config = settings(models=("cooccurrence",))
    with pytest.raises(ModelError, match=r"no model that `recommender.models` names has a setting that is tuned"):
        TuningData.of(config, RecommenderDataset.of(snapshot, config, RUNS, None, Resources()), seed=0)
    assert data.identity != replace(data, config=data.config.model_copy(update={"similarity": "dot"})).identity
    assert data.identity == replace(data, config=data.config.model_copy(update={"epochs": 9})).identity


def test_trials_of_the_newest_studies_are_kept(tmp_path: Path) -> None:
    trial = RecordedTrial(TuningTrial(0, {"epochs": 3}, "complete", 0.1, 1.0, "blend"), (0, 20))
    for number in range(14):
        path = tmp_path / f"{number:02}.jsonl"
        Journal(path).append(trial)
        os.utime(path, (number, number))
    assert sorted(path.stem for path in tmp_path.iterdir()) == [f"{number:02}" for number in range(4, 14)]
    assert Journal(tmp_path / "new.jsonl").newest_other() == Journal(tmp_path / "13.jsonl").read() != []
    assert Journal(tmp_path / "none" / "new.jsonl").newest_other() == []
