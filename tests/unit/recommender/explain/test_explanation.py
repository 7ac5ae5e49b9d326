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
from recommender.data.sequences import Sequences, Vocabulary, build_sequences
from recommender.data.training_data import TrainingData
from recommender.explain.attribute_contributions import attribute_contributions
from recommender.explain.event_contributions import event_contributions, leave_one_out
from recommender.explain.explanation import MAX_TITLE, Contribution, Explanation, explain, select_named
from recommender.models.blend import Blend
from recommender.models.cooccurrence import CoOccurrence
from recommender.serving.attribute_features import AttributeFeatures
from recommender.serving.cold_items import ColdItemRanker
from recommender.serving.online_recommender import OnlineRecommender
from recommender.two_tower.model import TwoTowerModel
from tests.unit.recommender.opaque_ranker import Opaque

Make = Callable[..., Any]

LETTERS = Vocabulary(tuple("abcdef"))
ALL = np.arange(6)


@pytest.fixture(scope="module")
def counted(make_interactions: Make) -> CoOccurrence:
    rows = [(f"u{user}", item, hour) for user, word in enumerate(("abcd", "abde", "cdef", "bcfa", "adfe")) for hour, item in enumerate(word)]
    return CoOccurrence.fit(TrainingData(build_sequences(make_interactions(*rows), LETTERS), LETTERS))


def numbered(make_interactions: Make, word: str) -> Sequences:
    return build_sequences(make_interactions(*(("x", item, hour, item.islower()) for hour, item in enumerate(word))), LETTERS)


def test_contributions_add_up_to_the_score(counted: CoOccurrence, make_interactions: Make) -> None:
    history = numbered(make_interactions, "acb")
    assert event_contributions(counted, history, ALL).sum(axis=0) == pytest.approx(counted.score(history)[0], abs=1e-5)


def test_a_blend_is_explained_by_its_parts_in_its_own_unit(counted: CoOccurrence, make_interactions: Make) -> None:
    history = numbered(make_interactions, "acb")
    blend = Blend({"some": counted, "opaque": Opaque(counted), "mute": counted}, {"some": 2.0, "opaque": 3.0, "mute": 0.0})
    spread = counted.score(history).std()
    right = (2 * event_contributions(counted, history, ALL) + 3 * event_contributions(Opaque(counted), history, ALL)) / spread
    assert event_contributions(blend, history, ALL) == pytest.approx(right, rel=1e-4, abs=1e-5)


def test_contributions_to_a_blend_add_up_to_its_scores_up_to_a_constant(counted: CoOccurrence, make_interactions: Make) -> None:
    history = numbered(make_interactions, "acb")
    blend = Blend({"some": counted}, {"some": 2.0})
    apart = blend.score(history)[0] - event_contributions(blend, history, ALL).sum(axis=0)
    assert apart == pytest.approx(np.full(6, apart[0]), abs=1e-4)


def test_an_event_contributes_what_any_other_ranker_would_lose_without_it(counted: CoOccurrence, make_interactions: Make) -> None:
    history = numbered(make_interactions, "acb")
    contributions = event_contributions(Opaque(counted), history, ALL)
    without_c = counted.score(numbered(make_interactions, "ab"))[0]
    assert contributions[1] == pytest.approx(counted.score(history)[0] - without_c, abs=1e-6)


def test_each_event_is_left_out_once(make_interactions: Make) -> None:
    histories = leave_one_out(numbered(make_interactions, "acb"))
    words = ["".join(LETTERS.items[item] for item in histories.items[first:last]) for first, last in zip(histories.starts, histories.starts[1:], strict=False)]
    assert words == ["acb", "cb", "ab", "ac"]
    assert len(leave_one_out(numbered(make_interactions, ""))) == 1


def test_a_cold_item_is_explained_by_its_neighbours(counted: CoOccurrence, make_interactions: Make) -> None:
    similarities = sp.csr_matrix(np.array([[0, 0, 0, 0.25, 0.75, 0]], np.float32))
    ranker, history = ColdItemRanker(counted, similarities), numbered(make_interactions, "acb")
    contributions = event_contributions(ranker, history, np.array([6, 3]))
    parts = event_contributions(counted, history, ALL)
    assert contributions[:, 0] == pytest.approx(0.25 * parts[:, 3] + 0.75 * parts[:, 4])
    assert contributions[:, 1] == pytest.approx(parts[:, 3])


@pytest.fixture(scope="module")
def served(trained: Any, snapshot: Any, settings: Make) -> OnlineRecommender:
    return OnlineRecommender.load(trained).with_catalog(load_catalog(snapshot, settings()), settings())


def test_a_reason_names_past_items_by_their_titles(served: OnlineRecommender, make_interactions: Make) -> None:
    history = make_interactions(("x", "i40", 1), ("x", "i11", 2), ("x", "i12", 3))
    (explanation,) = explain(served, history, ["i13"])
    assert explanation.title == "The i13"
    assert [event.name for event in explanation.events][-1] == "i40"
    assert {event.title for event in explanation.events} == {"The i11", "The i12", "The i40"}
    assert explanation.render_reason("en").startswith("Because you were interested in The i1")
    assert "The i40" not in explanation.render_reason("en")
    assert explanation.render_reason("zh").startswith("因为您对The i1")


def test_two_events_on_an_item_are_one_contribution(served: OnlineRecommender, make_interactions: Make) -> None:
    (explanation,) = explain(served, make_interactions(("x", "i11", 1), ("x", "i40", 2), ("x", "i11", 3)), ["i13"])
    assert sorted(event.name for event in explanation.events) == ["i11", "i40"]


def test_without_a_history_the_reason_is_popularity(served: OnlineRecommender, make_interactions: Make) -> None:
    (explanation,) = explain(served, make_interactions(), ["i13"])
    assert explanation.events == ()
    assert explanation.render_reason("en") == "Many people want this now."
    assert explain(served, make_interactions(("x", "strange", 1)), ["never sold"]) == explain(served, make_interactions(), []) == []


BRAND = (Contribution("brand", 1, "brand Acme"),)


@pytest.mark.parametrize(
    ("events", "attributes", "english", "chinese"),
    [
        ((("A", 2), ("B", 1)), (), "Because you were interested in A and B.", "因为您对A和B感兴趣。"),
        ((("A", 2),), BRAND, "Because you were interested in A, and for its brand Acme.", "因为您对A感兴趣，也因为它的brand Acme。"),  # noqa: RUF001
        ([(name, 0.1) for name in "abcdefgh"], BRAND, "For its brand Acme, which you tend to choose.", "因为它的brand Acme合您的偏好。"),
        ([(name, 1) for name in "abcdefgh"], (), "Because of several things you were interested in, such as a.", "因为您对a等多项内容感兴趣。"),
        ((("a", -1),), (), "You may like this.", "您可能会喜欢。"),
        ([("a", 9), *((name, 1) for name in "bcdefghi")], (), "Because you were interested in a.", "因为您对a感兴趣。"),
        ((("{events}", 1),), (), "Because you were interested in {events}.", "因为您对{events}感兴趣。"),
    ],
)
def test_a_reason_names_what_contributes_a_good_part(events: Any, attributes: Any, english: str, chinese: str) -> None:
    explanation = Explanation("i", tuple(Contribution(name, value) for name, value in events), attributes)
    assert explanation.render_reason("en") == english
    assert explanation.render_reason("zh") == chinese


def test_a_long_title_is_shortened() -> None:
    explanation = Explanation("i", (Contribution("a", 1, "A " * 300),))
    assert len(explanation.render_reason("en")) < MAX_TITLE + 40


def test_only_contributions_of_a_good_part_are_named() -> None:
    contributions = [Contribution("a", 5), Contribution("b", 4), Contribution("c", 3), Contribution("d", 0.1), Contribution("e", -9)]
    assert [contribution.name for contribution in select_named(contributions, 12.1)] == ["a", "b"]
    assert select_named([Contribution("e", -1)], 0) == []
    assert select_named([], 1) == []


@pytest.fixture(scope="module")
def two_tower(served: OnlineRecommender, snapshot: Any, settings: Make) -> OnlineRecommender:
    """Replace the ranker by a two-tower model, which embeds items by their attributes."""
    config, vocabulary = settings(), served.trained.vocabulary
    items = load_catalog(snapshot, config)
    events = build_sequences(load_interactions(snapshot, config), vocabulary)
    data = TrainingData(events, vocabulary, hash_attributes(items, config.attributes, vocabulary), dimensions=16, epochs=12)
    return OnlineRecommender.from_model(replace(served.trained, kind="two_tower", ranker=TwoTowerModel.fit(data))).with_catalog(items, config)


def test_the_family_of_an_item_contributes_where_the_history_is_of_that_family(two_tower: OnlineRecommender, make_interactions: Make) -> None:
    (explanation,) = explain(two_tower, make_interactions(("x", "i12", 1), ("x", "i13", 2), ("x", "i15", 3)), ["i16"])
    values = {attribute.name: attribute.value for attribute in explanation.attributes}
    titles = {attribute.name: attribute.title for attribute in explanation.attributes}
    assert titles == {"family": "family family 2", "cost": None}
    assert values["family"] > 0
    assert list(values.values()) == sorted(values.values(), reverse=True)


def test_a_ranker_without_attributes_has_no_attribute_contributions(served: OnlineRecommender, counted: CoOccurrence, make_interactions: Make) -> None:
    assert attribute_contributions(counted, AttributeFeatures.build(served.catalog.items, ("family",), LETTERS), numbered(make_interactions, "ac"), ALL) == {}


class Often:
    """Predict what was met often."""

    class statistics:  # noqa: N801  # an attribute of the model
        class items:  # noqa: N801
            count = 60

    def contributions(self, histories: Sequences, users: Any, items: Any, at: int, side: Any = None) -> FeatureContributions:
        values = np.stack([items, -np.ones_like(items), np.zeros_like(items)], axis=1).astype(np.float32)
        return FeatureContributions(("times bought", "price", "nothing"), values, np.zeros(len(items), np.float32))


def test_the_features_of_the_conversion_model_contribute(served: OnlineRecommender, make_interactions: Make) -> None:
    with_conversion = replace(served, reranker=replace(served.reranker, conversion=cast("Any", Often())))
    (explanation,) = explain(with_conversion, make_interactions(("x", "i12", 1)), ["i13"])
    assert [(feature.name, feature.value) for feature in explanation.conversion] == [("times bought", 13.0), ("price", -1.0)]
    (without,) = explain(served, make_interactions(("x", "i12", 1)), ["i13"])
    assert without.conversion == ()
