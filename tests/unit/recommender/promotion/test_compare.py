from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import polars as pl
import pytest

from recommender.evaluation.trusted_holdout import load_training_holdout, load_trusted_holdout
from recommender.promotion.answer_checks import measure_latency
from recommender.promotion.compare import compare
from recommender.training.trainer import RecommenderTrainer
from sluice.domain import Artifact, Comparison
from sluice.errors import ModelError

Make = Callable[..., Any]
RUNS = ("e1", "c1")


@pytest.fixture(scope="module", name="trained")
def _trained(snapshot: Any, settings: Make) -> Artifact:
    """The quickest of the models is enough here."""
    return RecommenderTrainer(settings(models=("cooccurrence",)), RUNS).train(snapshot, seed=0)


def ticking(step: float = 0.001) -> Callable[[], float]:
    """A clock that goes on by a millisecond whenever it is asked."""
    ticks: Iterator[int] = count()
    return lambda: step * next(ticks)


def compared(champion: Artifact | None, challenger: Artifact, snapshot: Any, settings: Make) -> Comparison:
    fresh = load_training_holdout(challenger.card, snapshot, settings())
    return compare(champion, challenger, load_trusted_holdout(challenger.card, lambda _: snapshot, settings()) or fresh, fresh, ticking())


def test_a_model_beside_itself_changes_nothing(snapshot: Any, settings: Make, trained: Any) -> None:
    found = compared(trained, trained, snapshot, settings)
    assert found.trusted == found.fresh
    assert found.trusted is not None and found.trusted.change == 0
    assert found.trusted.challenger == pytest.approx(trained.card["serving"]["ndcg@20"])
    assert found.coverage is not None and found.coverage.change == 0
    assert found.same
    assert found.size == len(trained.tensors)
    assert found.latency == pytest.approx(1.0)
    assert set(found.segments) <= {"new users", "tail items", "heavy users"}


def test_the_first_model_need_only_be_fit_to_serve(snapshot: Any, settings: Make, trained: Any) -> None:
    found = compared(None, trained, snapshot, settings)
    assert (found.trusted, found.fresh, found.coverage, found.segments) == (None, None, None, {})
    assert found.same


def test_a_champion_that_does_not_know_the_items_loses(shop: Make, chain: Make, settings: Make, snapshot: Any, trained: Any) -> None:
    renamed = shop(chain().with_columns(pl.format("x{}", "what").alias("what")), pl.DataFrame())
    stranger = RecommenderTrainer(settings(models=("cooccurrence",)), RUNS).train(renamed, seed=0)
    told = replace(stranger, card={**stranger.card, "trusted": trained.card["trusted"]})
    found = compared(told, trained, snapshot, settings)
    assert found.trusted is not None and found.trusted.champion == 0 < found.trusted.challenger


def test_a_champion_that_cannot_be_read_serves_nobody(snapshot: Any, settings: Make, trained: Any) -> None:
    assert compared(replace(trained, tensors=trained.tensors[:-4]), trained, snapshot, settings).trusted is None
    with pytest.raises(ModelError):
        compared(trained, replace(trained, tensors=trained.tensors[:-4]), snapshot, settings)


def test_answers_that_differ_after_loading_are_told(snapshot: Any, settings: Make, trained: Any) -> None:
    assert not compared(None, replace(trained, card={**trained.card, "answers": "other"}), snapshot, settings).same


def test_a_card_without_a_hold_out_is_refused(snapshot: Any, settings: Make) -> None:
    with pytest.raises(ModelError, match="hold-out"):
        load_training_holdout({}, snapshot, settings())


def test_nobody_to_answer_takes_no_time(trained: Any, snapshot: Any, settings: Make) -> None:
    from recommender.artifact.serialization import deserialize
    from recommender.data.sequences import build_sequences

    learned = deserialize(trained.tensors)
    none = build_sequences(load_training_holdout(trained.card, snapshot, settings()).histories.clear(), learned.vocabulary)
    assert measure_latency(learned.ranker, none, ticking()) == 0


def test_the_best_of_earlier_champions_counts_on_the_same_hold_out_alone(snapshot: Any, settings: Make, trained: Any) -> None:
    found = compared(trained, trained, snapshot, settings)
    assert found.trusted is not None and found.best == found.trusted.champion
    better = replace(trained, card={**trained.card, "comparison": {"best": 0.9}})
    assert compared(better, trained, snapshot, settings).best == 0.9
    elsewhere = replace(better, card={**better.card, "trusted": {**better.card["trusted"], "basis": "0"}})
    assert compared(elsewhere, trained, snapshot, settings).best == found.best
