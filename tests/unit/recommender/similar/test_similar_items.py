"""Similar items: of each kind of model, with the part that links them, and of items that nobody met yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import numpy as np
import polars as pl
import pytest

from recommender.artifact.serialization import TrainedRecommender
from recommender.data.interactions import load_catalog
from recommender.data.sequences import Vocabulary, build_sequences
from recommender.data.training_data import TrainingData
from recommender.models.blend import Blend
from recommender.models.content_knn import ContentKNN
from recommender.models.cooccurrence import CoOccurrence
from recommender.models.inverse_popularity import InversePopularity
from recommender.models.popularity import Popularity
from recommender.ranker import Ranker
from recommender.serving.online_recommender import OnlineRecommender
from recommender.similar import find_similar
from recommender.similar.reasons import reason_of

Make = Callable[..., Any]
ITEMS = Vocabulary(("cup", "mug", "pan", "sofa", "tea"), ("look",))


@pytest.fixture(scope="module")
def data(make_interactions: Make) -> TrainingData:
    """People choose cup, then tea; the texts of mug and cup are alike, and nothing links the sofa."""
    rows = [(f"u{user}", item, hour) for user in range(4) for hour, item in enumerate(("cup", "tea"))]
    texts = np.array([[1, 0, 0, 0], [0.9, 0.1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0], [0, 1, 0, 0]], np.float32)
    return TrainingData(build_sequences(make_interactions(*rows), ITEMS), ITEMS, content={"text": texts})


def served(name: str, ranker: Any, data: TrainingData) -> OnlineRecommender:
    return OnlineRecommender.from_model(TrainedRecommender(name, ITEMS, ranker, Popularity.fit(data)))


@pytest.fixture(scope="module")
def blend(data: TrainingData) -> OnlineRecommender:
    parts: dict[str, Ranker] = {"cooccurrence": CoOccurrence.fit(data), "content_knn": ContentKNN.fit(data), "inverse_popularity": InversePopularity.fit(data)}
    return served("blend", Blend(parts, {"cooccurrence": 1.0, "content_knn": 0.5, "inverse_popularity": 0.1}), data)


def test_each_similar_item_names_the_part_that_links_it(blend: OnlineRecommender) -> None:
    answer = find_similar(blend, "cup", 5)
    assert {entry.item: entry.code for entry in answer} == {"tea": "similar_by_choice", "mug": "similar_by_text"}
    assert answer[0].reason == "Often chosen together with cup."
    assert find_similar(blend, "cup", 5, language="zh")[0].reason == "常与cup一起被选择。"


def test_items_that_nothing_links_are_left_out(blend: OnlineRecommender) -> None:
    assert find_similar(blend, "sofa", 5) == []
    assert [entry.item for entry in find_similar(blend, "cup", 5, among=["mug", "sofa"])] == ["mug"]
    assert len(find_similar(blend, "cup", 1)) == 1


def test_only_items_of_the_catalog_are_similar_and_one_that_is_sold_no_longer_may_be_asked_about(data: TrainingData, settings: Make) -> None:
    catalog = pl.DataFrame({"item": ["tea", "sofa"], "label": ["Green tea", "Sofa"]})
    counted = served("cooccurrence", CoOccurrence.fit(data), data).with_catalog(catalog, settings(attributes=()))
    (entry,) = find_similar(counted, "cup")
    assert (entry.item, entry.title) == ("tea", "Green tea")


def test_a_new_item_has_the_neighbours_by_which_it_is_scored(data: TrainingData, settings: Make) -> None:
    names = ["cup", "mug", "tea", "bowl"]
    catalog = pl.DataFrame({"item": names, "label": names, "family": ["crockery", "crockery", "drinks", "crockery"]})
    counted = served("cooccurrence", CoOccurrence.fit(data), data).with_catalog(catalog, settings(attributes=("family",)))
    (entry,) = find_similar(counted, "bowl")
    assert (entry.item, entry.code) == ("cup", "similar_by_text"), "of the crockery, only the cup has events"


def test_the_towers_name_an_attribute_that_both_items_have(trained: Any, snapshot: Any, settings: Make) -> None:
    model = OnlineRecommender.load(trained).with_catalog(load_catalog(snapshot, settings()), settings())
    towers = cast("Any", model.trained.ranker).parts["two_tower"]
    alone = replace(model, trained=replace(model.trained, kind="two_tower", ranker=towers))
    answer = find_similar(alone, "i10", 5)
    alike = {entry.item: entry.reason for entry in answer if entry.code == "similar_by_attribute"}
    assert alike
    assert set(alike.values()) == {"Like The i10: family family 1."}
    assert {entry.code for entry in answer} <= {"similar_by_attribute", "similar_by_vectors"}


def test_a_long_value_of_an_attribute_is_not_named() -> None:
    assert reason_of({"two_tower": 1.0}, "cup", {"notes": "x" * 41}).code == "similar_by_vectors"


def test_a_similar_item_follows_in_the_served_blend(trained: Any) -> None:
    names = [entry.item for entry in find_similar(OnlineRecommender.load(trained), "i10", 4)]
    assert "i11" in names
    assert "i10" not in names
