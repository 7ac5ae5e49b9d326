from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from recommender.evaluation.holdout import split_holdout
from recommender.evaluation.trusted_holdout import TrustedHoldout, load_trusted_holdout, renew_trusted_holdout
from recommender.training.trainer import RecommenderTrainer
from sluice.domain import Artifact

Make = Callable[..., Any]
RUNS = ("e1", "c1")


@pytest.fixture(scope="module", name="trained")
def _trained(snapshot: Any, settings: Make) -> Artifact:
    """The quickest of the models is enough here."""
    return RecommenderTrainer(settings(models=("cooccurrence",)), RUNS).train(snapshot, seed=0)


NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
TRUSTED = TrustedHoldout(NOON, NOON + timedelta(days=2), RUNS, "7")


def test_a_card_remembers_it() -> None:
    assert TrustedHoldout.from_card({"trusted": TRUSTED.to_card()}) == TRUSTED
    assert TrustedHoldout.from_card({}) is None


@pytest.mark.parametrize(("days", "stays"), [(1, True), (13, True), (14, False)])
def test_it_stays_until_it_has_grown_old(days: int, stays: bool, snapshot: Any, settings: Make) -> None:
    cut = NOON + timedelta(days=days)
    holdout = renew_trusted_holdout(TRUSTED, cut, snapshot, ("e2",), settings())
    assert holdout == (TRUSTED if stays else TrustedHoldout(cut, cut + timedelta(days=2), ("e2",), "7"))
    assert renew_trusted_holdout(None, cut, snapshot, ("e2",), settings()).cutoff == cut


def test_what_cannot_be_read_any_more_asks_nobody(snapshot: Any, settings: Make, shop: Make) -> None:
    card = {"trusted": TRUSTED.to_card()}
    held = load_trusted_holdout(card, lambda _: snapshot, settings())
    assert held is not None and held.targets.height > 20
    assert load_trusted_holdout({}, lambda _: snapshot, settings()) is None
    assert load_trusted_holdout(card, lambda _: snapshot, settings(user="renamed")) is None
    assert load_trusted_holdout(card, lambda _: shop(pl.DataFrame()), settings()) is None


def test_sealed_events_are_not_learned_from_and_stay_part_of_the_histories(make_interactions: Make) -> None:
    events = make_interactions(("a", "x", 0), ("a", "y", 30), ("a", "z", 60), ("b", "x", 1), ("b", "z", 61))
    moment = events["time"][1]
    held = split_holdout(events, events["time"][2], excluded=pl.col("time") == moment)
    assert held.train["item"].to_list() == ["x", "x"]
    assert held.histories.filter(pl.col("user") == "a")["item"].to_list() == ["x", "y"]


def test_a_challenger_inherits_the_hold_out_and_learns_nothing_of_it(shop: Make, chain: Make, settings: Make, trained: Any) -> None:
    """Whatever happened in the window of the hold-out, the next model's weights are the same."""
    window = TrustedHoldout.from_card(trained.card)
    assert window is not None
    later = chain().with_columns(pl.col("when") + timedelta(days=6))
    other = later.with_columns(pl.col("who").str.replace("u", "v"), pl.format("later.{}", "_row_id").alias("_row_id"))
    events = pl.concat([chain(), other])
    inside = window.contains(pl.col("when"))
    spoilt = events.with_columns(pl.when(inside).then(pl.lit("i07")).otherwise(pl.col("what")).alias("what"))
    trainer = RecommenderTrainer(settings(models=("cooccurrence",)), RUNS)
    first, second = (trainer.train(shop(rows, champion=trained), seed=0) for rows in (events, spoilt))
    assert TrustedHoldout.from_card(first.card) == window
    assert first.tensors == second.tensors
