from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
import scipy.sparse as sp

from recommender.conversion import FeatureContributions
from recommender.data.attributes import hash_attributes
from recommender.data.interactions import load_catalog, load_interactions
from recommender.data.sequences import Floats, Sequences, Vocabulary, build_sequences
from recommender.data.training_data import TrainingData
from recommender.explain.attribute_contributions import attribute_contributions
from recommender.explain.event_contributions import event_contributions, leave_one_out
from recommender.explain.explanation import Contribution, Explanation, explain, select_named
from recommender.explain.sentence import MAX_TITLE, render_reason
from recommender.models.blend import Blend
from recommender.models.cooccurrence import CoOccurrence
from recommender.ranker import Ranker
from recommender.serving.attribute_features import AttributeFeatures
from recommender.serving.cold_items import ColdItemRanker
from recommender.serving.online_recommender import OnlineRecommender
from recommender.two_tower.model import TwoTowerModel

Make = Callable[..., Any]

LETTERS = Vocabulary(tuple("abcdef"))
ALL = np.arange(6)


@pytest.fixture(scope="module")
def counted(told: Make) -> CoOccurrence:
    rows = [(f"u{user}", item, hour) for user, word in enumerate(("abcd", "abde", "cdef", "bcfa", "adfe")) for hour, item in enumerate(word)]
    return CoOccurrence.fit(TrainingData(build_sequences(told(*rows), LETTERS), LETTERS))


def numbered(told: Make, word: str) -> Sequences:
    return build_sequences(told(*(("x", item, hour, item.islower()) for hour, item in enumerate(word))), LETTERS)


class Opaque:
    """Of a ranker no more than the scores."""

    def __init__(self, ranker: Ranker) -> None:
        self.ranker = ranker

    def score(self, histories: Sequences) -> Floats:
        return self.ranker.score(histories)

    def to_arrays(self) -> Any:
        return {}


def test_shares_add_up_to_the_score(counted: CoOccurrence, told: Make) -> None:
    history = numbered(told, "acb")
    assert event_contributions(counted, history, ALL).sum(axis=0) == pytest.approx(counted.score(history)[0], abs=1e-5)


def test_a_blend_is_explained_by_its_parts_in_its_own_unit(counted: CoOccurrence, told: Make) -> None:
    history = numbered(told, "acb")
    blend = Blend({"some": counted, "opaque": Opaque(counted), "mute": counted}, {"some": 2.0, "opaque": 3.0, "mute": 0.0})
    spread = counted.score(history).std()
    right = (2 * event_contributions(counted, history, ALL) + 3 * event_contributions(Opaque(counted), history, ALL)) / spread
    assert event_contributions(blend, history, ALL) == pytest.approx(right, rel=1e-4, abs=1e-5)


def test_the_exact_shares_of_a_blend_add_up_to_its_scores_less_what_all_items_have_in_common(counted: CoOccurrence, told: Make) -> None:
    history = numbered(told, "acb")
    blend = Blend({"some": counted}, {"some": 2.0})
    apart = blend.score(history)[0] - event_contributions(blend, history, ALL).sum(axis=0)
    assert apart == pytest.approx(np.full(6, apart[0]), abs=1e-4)


def test_of_any_other_ranker_an_event_carries_what_the_score_would_lose_without_it(counted: CoOccurrence, told: Make) -> None:
    history = numbered(told, "acb")
    found = event_contributions(Opaque(counted), history, ALL)
    without_c = counted.score(numbered(told, "ab"))[0]
    assert found[1] == pytest.approx(counted.score(history)[0] - without_c, abs=1e-6)


def test_each_event_is_left_out_once(told: Make) -> None:
    histories = leave_one_out(numbered(told, "acb"))
    words = ["".join(LETTERS.items[item] for item in histories.items[first:last]) for first, last in zip(histories.starts, histories.starts[1:], strict=False)]
    assert words == ["acb", "cb", "ab", "ac"]
    assert len(leave_one_out(numbered(told, ""))) == 1


def test_a_new_item_is_explained_as_those_that_speak_for_it(counted: CoOccurrence, told: Make) -> None:
    likes = sp.csr_matrix(np.array([[0, 0, 0, 0.25, 0.75, 0]], np.float32))
    ranker, history = ColdItemRanker(counted, likes), numbered(told, "acb")
    found = event_contributions(ranker, history, np.array([6, 3]))
    parts = event_contributions(counted, history, ALL)
    assert found[:, 0] == pytest.approx(0.25 * parts[:, 3] + 0.75 * parts[:, 4])
    assert found[:, 1] == pytest.approx(parts[:, 3])


@pytest.fixture(scope="module")
def served(trained: Any, snapshot: Any, settings: Make) -> OnlineRecommender:
    return OnlineRecommender.load(trained).with_catalog(load_catalog(snapshot, settings()), settings())


def test_what_led_to_an_item_is_named_by_its_title(served: OnlineRecommender, told: Make) -> None:
    history = told(("x", "i40", 1), ("x", "i11", 2), ("x", "i12", 3))
    (why,) = explain(served, history, ["i13"])
    assert why.title == "The i13"
    assert [each.name for each in why.events][-1] == "i40"
    assert {each.title for each in why.events} == {"The i11", "The i12", "The i40"}
    assert why.reason().startswith("Because you were interested in The i1")
    assert "The i40" not in why.reason()
    assert why.reason("zh").startswith("因为您对The i1")


def test_an_item_met_twice_is_one_carrier(served: OnlineRecommender, told: Make) -> None:
    (why,) = explain(served, told(("x", "i11", 1), ("x", "i40", 2), ("x", "i11", 3)), ["i13"])
    assert sorted(each.name for each in why.events) == ["i11", "i40"]


def test_without_a_history_an_item_is_wanted_by_many(served: OnlineRecommender, told: Make) -> None:
    (why,) = explain(served, told(), ["i13"])
    assert why.events == ()
    assert why.reason() == "Many people want this now."
    assert explain(served, told(("x", "strange", 1)), ["never sold"]) == explain(served, told(), []) == []


def test_a_sentence_names_what_there_is() -> None:
    assert render_reason("events", ["A", "B"]) == "Because you were interested in A and B."
    assert render_reason("both", ["A"], ["brand Acme"]) == "Because you were interested in A, and for its brand Acme."
    assert render_reason("attributes", [], ["brand Acme"], "zh") == "因为它的brand Acme合您的偏好。"
    assert len(render_reason("events", ["A " * 300])) < MAX_TITLE + 40
    assert "{" not in render_reason("events", ["{events}"]).replace("{events}", "")


def test_what_a_known_history_calls_for_is_never_said_to_be_wanted_by_many() -> None:
    little = tuple(Contribution(name, 1) for name in "abcdefgh")
    assert Explanation("i", little).reason() == "Because of several things you were interested in, such as a."
    assert Explanation("i", little).reason("zh") == "因为您对a等多项内容感兴趣。"
    assert Explanation("i", (Contribution("a", -1),)).reason() == "You may like this."
    assert Explanation("i", (Contribution("a", 9), *little)).reason() == "Because you were interested in a."


def test_only_what_carried_a_good_part_is_named() -> None:
    carriers = [Contribution("a", 5), Contribution("b", 4), Contribution("c", 3), Contribution("d", 0.1), Contribution("e", -9)]
    assert [each.name for each in select_named(carriers, 12.1)] == ["a", "b"]
    assert select_named([Contribution("e", -1)], 0) == []
    assert select_named([], 1) == []


@pytest.fixture(scope="module")
def towers(served: OnlineRecommender, snapshot: Any, settings: Make) -> OnlineRecommender:
    """The same, of towers alone, which place items by their attributes."""
    config, vocabulary = settings(), served.learned.vocabulary
    items = load_catalog(snapshot, config)
    events = build_sequences(load_interactions(snapshot, config), vocabulary)
    material = TrainingData(events, vocabulary, hash_attributes(items, config.attributes, vocabulary), dimensions=16, epochs=12)
    return OnlineRecommender.from_model(replace(served.learned, kind="towers", ranker=TwoTowerModel.fit(material))).with_catalog(items, config)


def test_the_family_of_an_item_carries_what_its_like_calls_for(towers: OnlineRecommender, told: Make) -> None:
    (why,) = explain(towers, told(("x", "i12", 1), ("x", "i13", 2), ("x", "i15", 3)), ["i16"])
    assert {each.name for each in why.attributes} == {"family", "cost"}
    (family,) = [each for each in why.attributes if each.name == "family"]
    assert family.title == "family family 2"
    assert [each.title for each in why.attributes if each.name == "cost"] == [None]
    assert family.value > 0
    assert [each.value for each in why.attributes] == sorted((each.value for each in why.attributes), reverse=True)


def test_a_ranker_that_reads_no_attributes_tells_of_none(served: OnlineRecommender, counted: CoOccurrence, told: Make) -> None:
    assert attribute_contributions(counted, AttributeFeatures.build(served.catalog.items, ("family",), LETTERS), numbered(told, "ac"), ALL) == {}


class Often:
    """Predict what was met often."""

    class statistics:  # noqa: N801  # an attribute of the model
        class items:  # noqa: N801
            count = 60

    def contributions(self, histories: Sequences, users: Any, items: Any, at: int) -> FeatureContributions:
        values = np.stack([items, -np.ones_like(items), np.zeros_like(items)], axis=1).astype(np.float32)
        return FeatureContributions(("times bought", "price", "nothing"), values, np.zeros(len(items), np.float32))


def test_what_the_heads_read_is_told_beside(served: OnlineRecommender, told: Make) -> None:
    headed = replace(served, reranker=replace(served.reranker, conversion=cast("Any", Often())))
    (why,) = explain(headed, told(("x", "i12", 1)), ["i13"])
    assert [(each.name, each.value) for each in why.conversion] == [("times bought", 13.0), ("price", -1.0)]
    (none,) = explain(served, told(("x", "i12", 1)), ["i13"])
    assert none.conversion == ()
