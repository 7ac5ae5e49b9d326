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


def run_comparison(champion: Artifact | None, challenger: Artifact, snapshot: Any, settings: Make) -> Comparison:
    fresh = load_training_holdout(challenger.card, snapshot, settings())
    return compare(champion, challenger, load_trusted_holdout(challenger.card, lambda _: snapshot, settings()) or fresh, fresh, ticking())


def test_a_model_compared_with_itself_shows_no_change(snapshot: Any, settings: Make, trained: Any) -> None:
    comparison = run_comparison(trained, trained, snapshot, settings)
    assert comparison.trusted == comparison.fresh
    assert comparison.trusted is not None and comparison.trusted.change == 0
    assert comparison.trusted.challenger == pytest.approx(trained.card["serving"]["ndcg@20"])
    assert comparison.coverage is not None and comparison.coverage.change == 0
    assert comparison.same
    assert comparison.size == len(trained.tensors)
    assert comparison.latency == pytest.approx(1.0)
    assert set(comparison.segments) <= {"new users", "tail items", "heavy users"}


def test_the_first_model_is_checked_without_a_champion(snapshot: Any, settings: Make, trained: Any) -> None:
    comparison = run_comparison(None, trained, snapshot, settings)
    assert (comparison.trusted, comparison.fresh, comparison.coverage, comparison.segments) == (None, None, None, {})
    assert comparison.same


def test_a_champion_that_does_not_know_the_items_loses(shop: Make, chain: Make, settings: Make, snapshot: Any, trained: Any) -> None:
    renamed = shop(chain().with_columns(pl.format("x{}", "what").alias("what")), pl.DataFrame())
    trained_elsewhere = RecommenderTrainer(settings(models=("cooccurrence",)), RUNS).train(renamed, seed=0)
    champion = replace(trained_elsewhere, card={**trained_elsewhere.card, "trusted": trained.card["trusted"]})
    comparison = run_comparison(champion, trained, snapshot, settings)
    assert comparison.trusted is not None and comparison.trusted.champion == 0 < comparison.trusted.challenger


def test_a_champion_that_cannot_be_read_counts_as_none(snapshot: Any, settings: Make, trained: Any) -> None:
    assert run_comparison(replace(trained, tensors=trained.tensors[:-4]), trained, snapshot, settings).trusted is None
    with pytest.raises(ModelError):
        run_comparison(trained, replace(trained, tensors=trained.tensors[:-4]), snapshot, settings)


def test_answers_that_differ_after_loading_are_detected(snapshot: Any, settings: Make, trained: Any) -> None:
    assert not run_comparison(None, replace(trained, card={**trained.card, "answers": "other"}), snapshot, settings).same


def test_a_card_without_a_hold_out_is_refused(snapshot: Any, settings: Make) -> None:
    with pytest.raises(ModelError, match="hold-out"):
        load_training_holdout({}, snapshot, settings())


def test_without_users_the_latency_is_zero(trained: Any, snapshot: Any, settings: Make) -> None:
    from recommender.artifact.serialization import deserialize
    from recommender.data.sequences import build_sequences

    model = deserialize(trained.tensors)
    none = build_sequences(load_training_holdout(trained.card, snapshot, settings()).histories.clear(), model.vocabulary)
    assert measure_latency(model.ranker, none, ticking()) == 0


def test_the_best_earlier_champion_counts_on_the_same_hold_out_only(snapshot: Any, settings: Make, trained: Any) -> None:
    comparison = run_comparison(trained, trained, snapshot, settings)
    assert comparison.trusted is not None and comparison.best == comparison.trusted.champion
    better = replace(trained, card={**trained.card, "comparison": {"best": 0.9}})
    assert run_comparison(better, trained, snapshot, settings).best == 0.9
    on_another_holdout = replace(better, card={**better.card, "trusted": {**better.card["trusted"], "basis": "0"}})
    assert run_comparison(on_another_holdout, trained, snapshot, settings).best == comparison.best
