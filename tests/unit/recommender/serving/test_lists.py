"""Lists of many users: exactly those of single answers, whatever the model is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from recommender.artifact.serialization import TrainedRecommender
from recommender.data.interactions import load_catalog, load_interactions
from recommender.data.sequences import Vocabulary, build_sequences
from recommender.data.training_data import TrainingData
from recommender.models import get_model
from recommender.models.ann_index import NO_ITEM
from recommender.models.blend import Blend
from recommender.models.content_knn import ContentKNN
from recommender.models.cooccurrence import CoOccurrence
from recommender.models.inverse_popularity import InversePopularity
from recommender.models.item_knn import ItemKNN
from recommender.models.popularity import Popularity
from recommender.ranker import Ranker
from recommender.serving.block_retrieval import BlockRetriever
from recommender.serving.lists import LISTS, ListMaker
from recommender.serving.online_recommender import OnlineRecommender
from recommender.serving.retrieval import ExhaustiveRetriever
from tests.unit.recommender.opaque_ranker import Opaque

Make = Callable[..., Any]
AT = datetime(2026, 3, 11, 12, tzinfo=UTC)
ITEMS = Vocabulary(tuple(f"i{number:02}" for number in range(60)), ("look",))


@pytest.fixture(scope="module")
def data(make_interactions: Make) -> TrainingData:
    rows = [(f"u{user:02}", f"i{(7 * user + step * step) % 50:02}", step) for user in range(40) for step in range(1 + user % 7)]
    texts = np.random.default_rng(1).normal(size=(60, 8)).astype(np.float32)
    return TrainingData(build_sequences(make_interactions(*rows), ITEMS), ITEMS, content={"text": texts})


def test_the_best_items_of_a_block_are_those_of_all_scores(data: TrainingData) -> None:
    counted = CoOccurrence.fit(data)
    parts: dict[str, Ranker] = {
        "cooccurrence": counted, "content_knn": ContentKNN.fit(data), "item_knn": ItemKNN.fit(data), "popularity": Popularity.fit(data),
        "inverse_popularity": InversePopularity.fit(data), "als": Opaque(counted), "ease": counted,
    }  # fmt: skip
    blend = Blend(parts, {"cooccurrence": 1.0, "content_knn": 0.7, "item_knn": 0.2, "popularity": 0.1, "inverse_popularity": 0.3, "als": 0.4, "ease": 0.0})
    allowed = np.arange(60) % 5 > 0
    (best,) = BlockRetriever.build(blend, "blend", 60).retrieve(data.events, data.events, allowed, 50)
    numbers, scores = ExhaustiveRetriever(blend).retrieve(data.events, allowed, 50)
    there = numbers != NO_ITEM
    gaps = np.where(there, scores, 0) - np.where(there, best.scores, 0)
    assert np.max(gaps, axis=1, initial=-9, where=there) == pytest.approx(np.min(gaps, axis=1, initial=9, where=there), abs=1e-4), (
        "they differ by what all items of a user have in common"
    )
    assert (numbers == best.numbers).mean() > 0.99, "but for items of one score"
    assert (best.numbers[-1] == NO_ITEM).any()


@pytest.mark.parametrize("name", ["cooccurrence", "content_knn"])
def test_a_model_without_parts_is_listed_as_well(data: TrainingData, name: str) -> None:
    ranker = get_model(name).fit(data)
    (best,) = BlockRetriever.build(ranker, name, 60).retrieve(data.events, data.events, np.ones(60, np.bool_), 3)
    numbers, scores = ExhaustiveRetriever(ranker).retrieve(data.events, np.ones(60, np.bool_), 3)
    differ = np.flatnonzero((scores[:, 0] > scores[:, -1]) & (numbers != best.numbers).any(axis=1))
    assert not differ.size


@pytest.fixture(scope="module")
def model(trained: Any, snapshot: Any, settings: Make) -> OnlineRecommender:
    return OnlineRecommender.load(trained).with_catalog(load_catalog(snapshot, settings()), settings())


def test_each_user_gets_what_a_single_answer_gives(model: OnlineRecommender, snapshot: Any, settings: Make) -> None:
    events = load_interactions(snapshot, settings()).filter(pl.col("user") < "u020")
    lists = ListMaker(model, 5, AT).lists(events)
    assert lists.schema == LISTS
    assert lists["position"].to_list() == [1, 2, 3, 4, 5] * 20
    alone = {user: [entry.item for entry in model.recommend(events.filter(pl.col("user") == user), 5, at=AT)] for user in events["user"].unique()}
    assert {str(user): rows["item"].to_list() for (user,), rows in lists.group_by("user", maintain_order=True)} == alone
    assert set(lists["reason"]) <= {"recommended_by_choice", "recommended_by_taste", "recommended_by_text", "recommended_as_rare"}


def test_a_user_of_unknown_items_gets_the_popular_ones(model: OnlineRecommender, make_interactions: Make) -> None:
    lists = ListMaker(model, 3, AT).lists(make_interactions(("a", "never sold", 1), ("b", "i10", 1)))
    popular = lists.filter(pl.col("user") == "a")
    assert popular["item"].to_list() == [entry.item for entry in model.recommend_popular(3)]
    assert set(popular["reason"]) == {"recommended_as_popular"}
    assert lists.filter(pl.col("user") == "b").height == 3


def test_lists_are_ordered_as_configured(model: OnlineRecommender, snapshot: Any, settings: Make) -> None:
    reranked = settings(rerank={"margin": 3.0, "margin_column": "cost"})
    served = model.with_catalog(load_catalog(snapshot, reranked), reranked)
    events = load_interactions(snapshot, reranked).filter(pl.col("user") < "u005")
    lists = ListMaker(served, 4, AT).lists(events)
    for user in ("u000", "u004"):
        alone = served.recommend(events.filter(pl.col("user") == user), 4, at=AT)
        assert lists.filter(pl.col("user") == user)["item"].to_list() == [entry.item for entry in alone]
    assert lists["reason"].null_count() == 0


def test_items_that_came_after_the_training_are_listed(data: TrainingData, settings: Make) -> None:
    blend = Blend({"cooccurrence": CoOccurrence.fit(data), "content_knn": ContentKNN.fit(data)}, {"cooccurrence": 1.0, "content_knn": 1.0})
    catalog = pl.DataFrame({"item": [*ITEMS.items, "late"]})
    served = OnlineRecommender.from_model(TrainedRecommender("blend", ITEMS, blend, Popularity.fit(data))).with_catalog(
        catalog, settings(attributes=(), title=None), lambda items, vocabulary: {"text": data.content["text"][: len(vocabulary.items)]}
    )
    histories = data.events.select_users(np.arange(10, 20))
    (best,) = BlockRetriever.build(served.trained.ranker, "blend", 61).retrieve(histories, histories, np.ones(61, np.bool_), 10)
    exact = ExhaustiveRetriever(served.trained.ranker).retrieve(histories, np.ones(61, np.bool_), 10)[0]
    assert (best.numbers == exact).mean() > 0.95
    assert replace(best).numbers.max() <= 60
