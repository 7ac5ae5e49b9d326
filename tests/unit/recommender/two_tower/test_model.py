from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch

from recommender.data.attributes import BUCKETS, MAX_FEATURES, hash_attributes
from recommender.data.interactions import collapse_repeats, load_catalog, load_interactions
from recommender.data.sequences import Vocabulary, build_sequences
from recommender.data.training_data import TrainingData
from recommender.evaluation.metrics import evaluate
from recommender.evaluation.validation import leave_last_out
from recommender.models.cooccurrence import CoOccurrence
from recommender.two_tower.fitting import fit_towers
from recommender.two_tower.model import TwoTowerModel

Make = Callable[..., Any]


@pytest.fixture(scope="module")
def material(snapshot: Any, settings: Make) -> TrainingData:
    items = load_catalog(snapshot, settings())
    vocabulary = Vocabulary(tuple(items["item"]), ("buy", "look"))
    events = build_sequences(collapse_repeats(load_interactions(snapshot, settings())), vocabulary)
    return TrainingData(events, vocabulary, hash_attributes(items, ("family", "cost"), vocabulary), dimensions=16, epochs=6)


@pytest.fixture(scope="module")
def towers(material: TrainingData) -> TwoTowerModel:
    return TwoTowerModel.fit(material)


def test_items_are_unit_vectors(towers: TwoTowerModel) -> None:
    assert np.allclose(np.linalg.norm(towers.item_table, axis=1), 1, atol=1e-5)


def test_an_item_that_nobody_has_met_lies_among_its_like(material: TrainingData, towers: TwoTowerModel) -> None:
    new = material.vocabulary.items.index("new")
    closeness = towers.item_table @ towers.item_table[new]
    family = [material.vocabulary.items.index(f"i{number:02}") for number in range(6)]
    others = [place for place in range(61) if place not in {new, *family}]
    assert closeness[family].mean() > 0.5
    assert closeness[family].mean() > closeness[others].mean() + 0.3


def test_without_attributes_a_new_item_scores_nothing(material: TrainingData) -> None:
    blind = TwoTowerModel.fit(replace(material, attributes=np.zeros_like(material.attributes), epochs=1))
    assert (blind.item_table[material.vocabulary.items.index("new")] == 0).all()


def test_the_callers_random_state_is_left_alone(material: TrainingData) -> None:
    torch.manual_seed(11)
    before = torch.random.get_rng_state()
    TwoTowerModel.fit(replace(material, epochs=1))
    assert torch.equal(before, torch.random.get_rng_state())


def test_a_user_without_a_history_scores_nothing(material: TrainingData, towers: TwoTowerModel, make_interactions: Make) -> None:
    empty = build_sequences(make_interactions(("x", "never seen", 1)), material.vocabulary)
    assert (towers.score(empty) == 0).all()


def test_users_are_scored_alone_as_among_others(material: TrainingData, towers: TwoTowerModel, make_interactions: Make) -> None:
    histories = build_sequences(make_interactions(("x", "i10", 1), ("y", "i20", 1), ("y", "i21", 2), ("y", "i22", 3)), material.vocabulary)
    together = towers.score(histories)
    alone = np.concatenate([towers.score(some) for _, some in histories.iter_batches(1)])
    assert np.allclose(together, alone, atol=1e-5)


def test_order_that_is_unknown_gives_no_example(material: TrainingData, make_interactions: Make) -> None:
    lost = make_interactions(*((f"u{user}", f"i{(user + step) % 60:02}", step, False) for user in range(5) for step in range(6)))
    counted, unordered = CoOccurrence.fit(material), material.with_events(build_sequences(lost, material.vocabulary))
    first, second = (fit_towers(replace(unordered, epochs=epochs), counted, 0)[0].state_dict() for epochs in (1, 5))
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_features_are_wholes_words_and_bands(settings: Make) -> None:
    vocabulary = Vocabulary(("a", "b", "c", "d"))
    frame = pl.DataFrame({"item": ["a", "b", "c"], "kind": ["Home > Mug", "home > mug", "Home > Pan"], "price": [1.0, 2.0, None], "flag": [True, False, None]})
    table = hash_attributes(frame, ("kind", "price", "flag", "absent"), vocabulary)
    assert table.shape[0] == 4
    assert table.shape[1] <= MAX_FEATURES
    assert table.max() < BUCKETS
    a, b, c, d = ({*row} - {0} for row in table.tolist())
    assert len(a & b) == 3
    assert len(b & c) == 1
    assert len(a) == 5
    assert d == set()
    assert np.array_equal(table, hash_attributes(frame, ("kind", "price", "flag"), vocabulary))


def test_an_item_with_very_many_words_keeps_some(settings: Make) -> None:
    frame = pl.DataFrame({"item": ["a"], "text": [" ".join(f"word{number}" for number in range(100))]})
    assert (hash_attributes(frame, ("text",), Vocabulary(("a",))) > 0).sum() == MAX_FEATURES


LETTERS = np.random.default_rng(3).normal(size=(10, 8)).astype(np.float32)


def lettered(vocabulary: Vocabulary) -> Any:
    """A mode that tells the family of each item, with a little noise; `new` is told to be of the second, and one item has none."""
    family = [1 if item == "new" else int(item[1:]) // 6 for item in vocabulary.items]
    table = LETTERS[family] + np.random.default_rng(4).normal(scale=0.1, size=(len(family), 8)).astype(np.float32)
    table[vocabulary.items.index("i03")] = 0
    return table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-9)


@pytest.fixture(scope="module")
def multimodal(material: TrainingData) -> TwoTowerModel:
    return TwoTowerModel.fit(replace(material, attributes=np.zeros((61, 0), np.int64), content={"text": lettered(material.vocabulary)}))


def closest(towers: TwoTowerModel, item: int, others: range) -> float:
    return float((towers.item_table[list(others)] @ towers.item_table[item]).mean())


def test_a_mode_places_an_item_that_nobody_has_met(material: TrainingData, multimodal: TwoTowerModel) -> None:
    new = material.vocabulary.items.index("new")
    assert closest(multimodal, new, range(6, 12)) > closest(multimodal, new, range(18, 60)) + 0.3


def test_an_item_without_the_mode_lives_by_its_id(material: TrainingData, multimodal: TwoTowerModel) -> None:
    assert np.isclose(np.linalg.norm(multimodal.item_table[3]), 1, atol=1e-5)
    assert closest(multimodal, 3, range(4, 6)) > closest(multimodal, 3, range(18, 60)) + 0.2


def test_an_item_that_comes_later_is_placed_at_once_as_if_it_had_been_there(material: TrainingData, multimodal: TwoTowerModel) -> None:
    new = material.vocabulary.items.index("new")
    grown = multimodal.add_items(np.zeros((2, 0), np.int64), {"text": np.stack([lettered(material.vocabulary)[new], np.zeros(8, np.float32)])})
    assert grown.item_table.shape == (63, 16)
    assert np.allclose(grown.item_table[61], multimodal.item_table[new], atol=1e-6)
    assert (grown.item_table[62] == 0).all()
    assert (multimodal.add_items(np.zeros((1, 0), np.int64), {}).item_table[61] == 0).all()


@pytest.mark.parametrize("similarity", ["cosine", "dot", "euclidean"])
def test_every_similarity_is_an_inner_product_that_learns_the_order(material: TrainingData, make_interactions: Make, similarity: Any) -> None:
    towers = TwoTowerModel.fit(replace(material, similarity=similarity))
    history = build_sequences(make_interactions(("x", "i10", 1), ("x", "i11", 2)), material.vocabulary)
    point, scores = towers.user_embeddings(history)[0], towers.score(history)[0]
    assert np.allclose(scores, towers.item_embeddings @ point)
    assert scores.argmax() in (material.vocabulary.items.index("i12"), material.vocabulary.items.index("i11"))
    if similarity == "euclidean":
        near = ((towers.item_table - point[:-1]) ** 2).sum(1)
        assert np.array_equal(np.argsort(near, kind="stable")[:5], np.argsort(-scores, kind="stable")[:5])


def test_hidden_items_can_be_told_first(material: TrainingData) -> None:
    heard: list[tuple[str, float, int]] = []
    TwoTowerModel.fit(replace(material, epochs=1, log_metric=lambda *metric: heard.append(metric)), pretrain_epochs=3)
    assert [(name, step) for name, _, step in heard] == [
        ("two_tower/pretraining_loss", 0),
        ("two_tower/pretraining_loss", 1),
        ("two_tower/pretraining_loss", 2),
        ("two_tower/loss", 0),
    ]
    assert heard[2][1] < heard[0][1]


def test_a_warm_start_knows_what_was_learned_and_takes_new_items_in(material: TrainingData, towers: TwoTowerModel) -> None:
    vocabulary = Vocabulary(tuple(item for item in material.vocabulary.items if item != "i30"), material.vocabulary.kinds)
    place = np.array([material.vocabulary.items.index(item) for item in vocabulary.items])
    lacking = replace(towers, item_table=towers.item_table[place], item_tower=TwoTowerModel.fit(replace(material, epochs=1)).item_tower)
    lacking.item_tower.ids.weight = torch.nn.Parameter(towers.item_tower.ids.weight[place].detach().clone())
    cold, warm = TwoTowerModel.fit(replace(material, epochs=1)), TwoTowerModel.fit(replace(material, epochs=1), init_model=(vocabulary, lacking))
    recalls = [recall(model, material) for model in (cold, warm, towers)]
    assert recalls[1] > recalls[0]
    assert recalls[1] > 0.9 * recalls[2]
    assert closest(warm, 30, range(28, 33)) > closest(warm, 30, range(40, 60)) + 0.2


def recall(towers: TwoTowerModel, material: TrainingData) -> float:
    held = leave_last_out(material.events)
    return evaluate(towers, held.histories, held.targets)["ndcg@20"]


def test_what_does_not_fit_is_learned_anew(material: TrainingData, towers: TwoTowerModel) -> None:
    for other in (replace(material, dimensions=8, epochs=1), replace(material, similarity="dot", epochs=1)):
        anew, again = TwoTowerModel.fit(other), TwoTowerModel.fit(other, init_model=(material.vocabulary, towers))
        assert np.array_equal(anew.item_table, again.item_table)


def test_learning_on_leaves_what_it_started_from_alone(material: TrainingData, towers: TwoTowerModel) -> None:
    before = {name: table.copy() for name, table in towers.to_arrays().items()}
    TwoTowerModel.fit(replace(material, epochs=1), init_model=(material.vocabulary, towers))
    assert all(np.array_equal(table, before[name]) for name, table in towers.to_arrays().items())
