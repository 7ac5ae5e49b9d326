from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch

from recommender.attributes import BUCKETS, WIDTH, features
from recommender.cooccurrence import CoOccurrence
from recommender.data import catalog, collapse, interactions
from recommender.fitting import Settings, fit
from recommender.sequences import Ints, Sequences, Vocabulary, sequences
from recommender.towers import Towers

Make = Callable[..., Any]
Shop = tuple[Vocabulary, Sequences, CoOccurrence, Ints]

SMALL = Settings(dimensions=16, epochs=6, seed=0)


@pytest.fixture(scope="module")
def shop_of(past: Any, settings: Make) -> Shop:
    items = catalog(past, settings())
    vocabulary = Vocabulary(tuple(items["item"]), ("buy", "look"))
    events = sequences(collapse(interactions(past, settings())), vocabulary)
    return vocabulary, events, CoOccurrence.fit(events, 61), features(items, ("family", "cost"), vocabulary)


@pytest.fixture(scope="module")
def towers(shop_of: Shop) -> Towers:
    vocabulary, events, counted, described = shop_of
    return fit(events, vocabulary, described, counted, SMALL)


def test_items_are_unit_vectors(towers: Towers) -> None:
    assert np.allclose(np.linalg.norm(towers.items, axis=1), 1, atol=1e-5)


def test_an_item_that_nobody_has_met_lies_among_its_like(shop_of: Shop, towers: Towers) -> None:
    new = shop_of[0].items.index("new")
    closeness = towers.items @ towers.items[new]
    family = [shop_of[0].items.index(f"i{number:02}") for number in range(6)]
    others = [place for place in range(61) if place not in {new, *family}]
    assert closeness[family].mean() > 0.5
    assert closeness[family].mean() > closeness[others].mean() + 0.3


def test_without_attributes_a_new_item_scores_nothing(shop_of: Shop) -> None:
    vocabulary, events, counted, described = shop_of
    blind = fit(events, vocabulary, np.zeros_like(described), counted, Settings(16, 1, 0))
    assert (blind.items[vocabulary.items.index("new")] == 0).all()


def test_the_callers_random_state_is_left_alone(shop_of: Shop) -> None:
    vocabulary, events, counted, described = shop_of
    torch.manual_seed(11)
    before = torch.random.get_rng_state()
    fit(events, vocabulary, described, counted, Settings(16, 1, 0))
    assert torch.equal(before, torch.random.get_rng_state())


def test_a_user_without_a_history_scores_nothing(shop_of: Shop, towers: Towers, told: Make) -> None:
    empty = sequences(told(("x", "never seen", 1)), shop_of[0])
    assert (towers.score(empty) == 0).all()


def test_users_are_scored_alone_as_among_others(shop_of: Shop, towers: Towers, told: Make) -> None:
    histories = sequences(told(("x", "i10", 1), ("y", "i20", 1), ("y", "i21", 2), ("y", "i22", 3)), shop_of[0])
    together = towers.score(histories)
    alone = np.concatenate([towers.score(some) for _, some in histories.batches(1)])
    assert np.allclose(together, alone, atol=1e-5)


def test_order_that_is_unknown_gives_no_example(shop_of: Shop, told: Make) -> None:
    vocabulary, _, counted, described = shop_of
    lost = told(*((f"u{user}", f"i{(user + step) % 60:02}", step, False) for user in range(5) for step in range(6)))
    first, second = (fit(sequences(lost, vocabulary), vocabulary, described, counted, Settings(16, epochs, 0)) for epochs in (1, 5))
    assert np.array_equal(first.items, second.items)


def test_features_are_wholes_words_and_bands(settings: Make) -> None:
    vocabulary = Vocabulary(("a", "b", "c", "d"))
    frame = pl.DataFrame({"item": ["a", "b", "c"], "kind": ["Home > Mug", "home > mug", "Home > Pan"], "price": [1.0, 2.0, None], "flag": [True, False, None]})
    table = features(frame, ("kind", "price", "flag", "absent"), vocabulary)
    assert table.shape[0] == 4
    assert table.shape[1] <= WIDTH
    assert table.max() < BUCKETS
    a, b, c, d = ({*row} - {0} for row in table.tolist())
    assert len(a & b) == 3
    assert len(b & c) == 1
    assert len(a) == 5
    assert d == set()
    assert np.array_equal(table, features(frame, ("kind", "price", "flag"), vocabulary))


def test_an_item_with_very_many_words_keeps_some(settings: Make) -> None:
    frame = pl.DataFrame({"item": ["a"], "text": [" ".join(f"word{number}" for number in range(100))]})
    assert (features(frame, ("text",), Vocabulary(("a",))) > 0).sum() == WIDTH
