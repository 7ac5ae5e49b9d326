from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError

from recommender.artifact.serialization import deserialize
from recommender.data.interactions import load_interactions
from recommender.text.content_features import configured_encoder
from recommender.training.card import describe_sources
from recommender.training.trainer import RecommenderTrainer
from sluice.domain import ACTION, RUN, Artifact
from sluice.errors import ModelError

Make = Callable[..., Any]

RUNS = ("e1", "c1")
START = datetime(2026, 3, 1, tzinfo=UTC)


def test_every_model_learns_the_planted_order_far_better_than_popularity(trained: Any) -> None:
    metrics = trained.card["metrics"]
    assert metrics["popularity"]["recall@20"] < 0.5
    for name in ("cooccurrence", "two_tower", "blend"):
        assert metrics[name]["recall@20"] > 0.85
        assert metrics[name]["ndcg@20"] > 2.5 * metrics["popularity"]["ndcg@20"]


def test_what_is_better_on_the_days_before_the_hold_out_serves(trained: Any) -> None:
    kind, chosen = trained.card["kind"], trained.card["chosen"]
    assert chosen["kind"] == kind
    assert chosen["users"] >= 10
    assert chosen["protocol"]["code"] == "new_items_since"
    assert chosen["metrics"][kind]["ndcg@20"] == max(scores["ndcg@20"] for scores in chosen["metrics"].values())
    assert trained.card["serving"] == trained.card["metrics"][kind]
    assert chosen["metrics"].keys() == trained.card["metrics"].keys() == {"popularity", "cooccurrence", "two_tower", "content_knn", "blend"}


def test_only_configured_models_compete_and_words_only_where_there_are_any(snapshot: Any, shop: Make, chain: Make, settings: Make) -> None:
    one: Any = RecommenderTrainer(settings(models=("cooccurrence",)), RUNS).train(snapshot, seed=0)
    assert one.card["metrics"].keys() == {"popularity", "cooccurrence"}
    assert one.card["kind"] == "cooccurrence"
    two: Any = RecommenderTrainer(settings(models=({"blend": {"parts": ["cooccurrence", "content_knn", "content_propagation"]}},), title=None), RUNS).train(
        snapshot, seed=0
    )
    assert two.card["metrics"].keys() == {"popularity", "blend"}
    assert two.card["chosen"]["weights"] == {"cooccurrence": 1.0}


@pytest.mark.parametrize(
    ("models", "message"),
    [
        (("oracle",), "names oracle, which is no model; there are .*two_tower"),
        (({"cooccurrence": {"width": 3}},), "gives cooccurrence a setting width, which it does not have"),
        (({"blend": {"parts": ["oracle"]}},), "name a list of"),
        (({"blend": {"parts": "two_tower"}},), "name a list of"),
    ],
)
def test_a_model_or_setting_that_does_not_exist_is_told(snapshot: Any, settings: Make, models: Any, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        RecommenderTrainer(settings(models=models), RUNS).train(snapshot, seed=0)


def test_few_users_are_asked_for_their_last_interactions(shop: Make, chain: Make, settings: Make) -> None:
    events = chain(users=14)
    quiet = events.filter((pl.col("who") < "u004") | ~pl.col("when").is_between(START + timedelta(days=5.5), START + timedelta(days=8)))
    artifact: Any = RecommenderTrainer(settings(epochs=1), RUNS).train(shop(quiet), seed=0)
    assert 10 <= artifact.card["chosen"]["users"] <= 14
    assert artifact.card["chosen"]["protocol"]["code"] == "last_interactions"


def test_the_card_is_json_and_names_what_it_learned_from(trained: Any) -> None:
    card = json.loads(json.dumps(trained.card))
    assert card["basis"] == "7"
    assert [(run["id"], run["dataset"], run["score"], run["worst"]) for run in card["runs"]] == [("e1", "clicks", 98.5, 98.5), ("c1", "goods", 98.5, 98.5)]
    assert set(card["runs"][0]) == {"id", "dataset", "batch", "at", "score", "worst", "version", "rules"}
    assert card["seed"] == 0
    assert card["settings"]["user"] == "who"
    assert card["counts"]["items"] == 61
    assert 0 < card["rows"] < 120 * 16


def test_the_card_states_the_language_model_and_its_precision(trained: Any, settings: Make, shop: Make, chain: Make) -> None:
    encoder = configured_encoder(settings())
    assert trained.card["text"] == {"encoder": encoder.name, "precision": encoder.used_precision}
    exact: Any = RecommenderTrainer(settings(text_precision="float32", models=("content_knn",)), RUNS).train(shop(chain()), seed=0)
    assert exact.card["text"]["precision"] == "float32"


def test_the_card_names_a_batch_where_rows_of_it_were_read_and_no_other(snapshot: Any, settings: Make) -> None:
    goods = snapshot.tables["goods"].with_columns(pl.when(pl.col("what") == "i00").then(pl.lit("c0")).otherwise(RUN).alias(RUN))
    earlier = [replace(snapshot.run_records[1], id=name, fingerprint=f"rules of {name}") for name in ("c0", "gone")]
    older = replace(snapshot, tables={**snapshot.tables, "goods": goods}, run_records=[*snapshot.run_records, *earlier])
    read: Any = describe_sources(older, settings(), (*RUNS, "gone"))  # a newer catalog has taken the place of `gone`; c0 is older than the training window
    assert [(run["id"], run["rules"]) for run in read["runs"]] == [("e1", ""), ("c1", ""), ("c0", "rules of c0")]
    assert read["read"] == [*RUNS, "gone"]


def test_the_same_seed_gives_the_same_bytes_and_metrics_of_all_candidates(snapshot: Any, settings: Make) -> None:
    trainer = RecommenderTrainer(settings(epochs=1), RUNS)
    first, second = (trainer.train(snapshot, seed=3) for _ in range(2))
    assert first.tensors == second.tensors
    assert first.card == second.card


def test_rows_of_the_hold_out_change_no_weight(shop: Make, chain: Make, settings: Make, snapshot: Any, trained: Any) -> None:
    cut = datetime.fromisoformat(trained.card["holdout"]["from"])
    events = chain()
    newest = events.filter(pl.col("when") >= cut)
    other = newest.with_columns(pl.when(pl.col("who") < "u020").then(pl.lit("i07")).otherwise(pl.col("what")).alias("what"))
    again = RecommenderTrainer(settings(), RUNS).train(shop(pl.concat([events.filter(pl.col("when") < cut), other])), seed=0)
    assert newest.height > 100
    assert again.card["metrics"] != trained.card["metrics"]
    assert again.card["kind"] == trained.card["kind"]
    assert again.tensors == trained.tensors


def test_lost_order_is_taste_and_no_example(shop: Make, chain: Make, settings: Make) -> None:
    lost = chain().with_columns(pl.when(pl.col("who") < "u060").then(pl.lit("order_unknown")).otherwise(pl.lit("keep")).alias(ACTION))
    artifact: Any = RecommenderTrainer(settings(epochs=2), RUNS).train(shop(lost), seed=0)
    assert artifact.card["counts"]["users"] == 120
    assert artifact.card["counts"]["holdout_users"] <= 60
    assert artifact.card["metrics"]["cooccurrence"]["recall@20"] > artifact.card["metrics"]["popularity"]["recall@20"]


@pytest.fixture(scope="module")
def follower(shop: Make, chain: Make, settings: Make, trained: Any) -> Any:
    return RecommenderTrainer(settings(), RUNS).train(shop(chain(), champion=trained), seed=0)


def test_a_training_soon_after_learns_on_from_the_champion(trained: Any, follower: Any) -> None:
    assert trained.card["start"]["full"]
    assert trained.card["start"]["reason"]["code"] == "no_champion_to_continue"
    assert follower.card["start"] == {"full": False, "fitted": trained.card["start"]["fitted"]}
    assert follower.card["chosen"] == trained.card["chosen"]
    assert follower.card["serving"]["ndcg@20"] > 0.9 * trained.card["serving"]["ndcg@20"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"refit": timedelta()}, "full_fit_expired"), ({"epochs": 2}, "settings_changed"), ({"refit": timedelta(), "epochs": 2}, "settings_changed")],
)
def test_all_is_fitted_anew_where_there_is_a_reason_and_what_a_warm_start_loses_is_told(
    shop: Make, chain: Make, settings: Make, trained: Any, changes: Any, code: str
) -> None:
    anew: Any = RecommenderTrainer(settings(**changes), RUNS).train(shop(chain(), champion=trained), seed=0)
    assert anew.card["start"]["full"]
    assert anew.card["start"]["reason"]["code"] == code
    assert anew.card["start"]["warm"]["lost"] < 0.2


def test_what_learned_from_a_run_that_is_shut_now_is_not_learned_on_from(shop: Make, chain: Make, settings: Make, trained: Any) -> None:
    snapshot = shop(pl.concat([chain(), chain().with_columns(pl.lit("e0").alias(RUN))]), champion=trained)
    shut = replace(snapshot.run_records[0], id="e0", decision="closed")
    read = Artifact(trained.tensors, trained.card | {"read": ["e0", *RUNS]})
    anew: Any = RecommenderTrainer(settings(epochs=12), RUNS).train(replace(snapshot, run_records=[*snapshot.run_records, shut], champion=read), seed=0)
    assert anew.card["start"]["reason"] == {"code": "champion_learned_from_closed", "params": {"runs": "e0"}}


def test_a_champion_that_cannot_be_read_is_none(shop: Make, chain: Make, settings: Make, trained: Any) -> None:
    broken = Artifact(trained.tensors[:-8], trained.card)
    anew: Any = RecommenderTrainer(settings(epochs=1), RUNS).train(shop(chain(), champion=broken), seed=0)
    assert anew.card["start"]["reason"]["code"] == "no_champion_to_continue"


def test_too_little_says_what_is_missing(shop: Make, chain: Make, settings: Make) -> None:
    with pytest.raises(ModelError, match=r"too little to learn from .* 0 interactions before the hold-out \(100 are needed\)"):
        RecommenderTrainer(settings(), RUNS).train(shop(pl.DataFrame()), seed=0)
    with pytest.raises(ModelError, match=r"\d interactions before the hold-out \(100 are needed\), and \d users who met a new item since \(10 are needed\)"):
        RecommenderTrainer(settings(), RUNS).train(shop(chain().head(3)), seed=0)
    with pytest.raises(ModelError, match="0 interactions"):
        RecommenderTrainer(settings(), ("another",)).train(shop(chain()), seed=0)


def test_a_catalog_is_a_help_and_no_need(shop: Make, chain: Make, settings: Make) -> None:
    artifact: Any = RecommenderTrainer(settings(epochs=1), RUNS).train(shop(chain(), pl.DataFrame()), seed=0)
    assert artifact.card["counts"]["items"] == 60


def test_an_event_with_a_clock_that_runs_ahead_does_not_move_the_hold_out(shop: Make, chain: Make, settings: Make, trained: Any) -> None:
    events = chain()
    ahead = events.tail(1).with_columns(pl.col("when") + timedelta(days=400))
    artifact: Any = RecommenderTrainer(settings(epochs=1), RUNS).train(shop(pl.concat([events, ahead])), seed=0)
    assert artifact.card["holdout"]["from"] == trained.card["holdout"]["from"]


def test_the_name_is_the_line_of_models(settings: Make) -> None:
    assert RecommenderTrainer(settings(), RUNS).name == "recommender"


def test_the_artifact_is_what_was_measured(snapshot: Any, settings: Make, trained: Any) -> None:
    learned = deserialize(trained.tensors)
    assert len(learned.vocabulary.items) == 61
    assert load_interactions(snapshot, settings(), RUNS).height > trained.card["rows"]


def test_weights_that_let_no_event_in_are_told_with_the_kinds_that_there_are(shop: Make, chain: Make, settings: Make) -> None:
    with pytest.raises(ModelError, match="leaves out events of kind buy, look"):
        RecommenderTrainer(settings(weights={"loook": 1.0}), RUNS).train(shop(chain()), seed=0)
    with pytest.raises(ValidationError, match="greater than 0"):
        settings(weights={"look": -1.0})


@pytest.mark.parametrize("value", ["fast", -0.1, True, None, float("inf")])
def test_a_setting_that_is_no_number_is_told(snapshot: Any, settings: Make, value: Any) -> None:
    with pytest.raises(ModelError, match=r"gives learning_rate of two_tower the value .* it needs a number like 0.003"):
        RecommenderTrainer(settings(models=({"two_tower": {"learning_rate": value}},)), RUNS).train(snapshot, seed=0)
