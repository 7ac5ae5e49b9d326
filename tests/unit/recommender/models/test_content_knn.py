from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from recommender.data.sequences import Vocabulary, build_sequences
from recommender.data.training_data import TrainingData
from recommender.models.content_knn import ContentKNN
from recommender.models.content_propagation import ContentPropagation

Make = Callable[..., Any]

VOCABULARY = Vocabulary(("cup", "mug", "pan", "pot", "mute"), ("look",))
WORDS = np.array([[1, 0, 0], [0.96, 0.28, 0], [0, 1, 0], [0.28, 0.96, 0], [0, 0, 0]], np.float32)


@pytest.fixture
def neighbours(make_interactions: Make) -> ContentKNN:
    return ContentKNN.fit(TrainingData(build_sequences(make_interactions(), VOCABULARY), VOCABULARY, content={"text": WORDS}))


def test_what_is_written_alike_is_near_and_nothing_is_near_to_itself(neighbours: ContentKNN, make_interactions: Make) -> None:
    cup, mug, pan, pot, mute = neighbours.score(build_sequences(make_interactions(("x", "cup", 1)), VOCABULARY))[0]
    assert mug > 0.7 > 0.1 > pot >= pan
    assert cup == mute == 0


def test_the_newest_counts_most_and_shares_add_up(neighbours: ContentKNN, make_interactions: Make) -> None:
    histories = build_sequences(make_interactions(("x", "cup", 1), ("x", "pan", 2), ("y", "mute", 1)), VOCABULARY)
    scores = neighbours.score(histories)
    assert scores[0, 3] > scores[0, 1]
    assert (scores[1] == 0).all()
    shares = neighbours.contributions(histories, np.arange(5))
    assert shares.shape == (3, 5)
    assert np.allclose(shares[:2].sum(0), scores[0])


def test_a_new_item_is_near_at_once_both_ways(neighbours: ContentKNN, make_interactions: Make) -> None:
    grown = neighbours.add_items(np.zeros((2, 1), np.int64), {"text": np.array([[0.96, 0.28, 0], [0, 0, 0]], np.float32)})
    vocabulary = Vocabulary((*VOCABULARY.items, "jug", "silent"), ("look",))
    scores = grown.score(build_sequences(make_interactions(("x", "cup", 1), ("y", "jug", 1)), vocabulary))
    assert scores[0, 5] == pytest.approx(scores[0, 1])  # it is told in the words of the mug
    assert scores[1, 0] == pytest.approx(scores[0, 5])
    assert scores[1, 5] == scores[1, 6] == scores[0, 6] == 0
    assert np.array_equal(scores[0, :5], neighbours.score(build_sequences(make_interactions(("x", "cup", 1)), VOCABULARY))[0])


def test_without_words_nothing_is_near(make_interactions: Make) -> None:
    blind = ContentKNN.fit(TrainingData(build_sequences(make_interactions(), VOCABULARY), VOCABULARY))
    assert (blind.score(build_sequences(make_interactions(("x", "cup", 1)), VOCABULARY)) == 0).all()
    assert blind.add_items(np.zeros((1, 1), np.int64), {}).score(build_sequences(make_interactions(("x", "cup", 1)), VOCABULARY)).shape == (1, 6)


def test_of_many_items_a_graph_finds_the_nearest(make_interactions: Make) -> None:
    rng = np.random.default_rng(0)
    words = rng.normal(size=(300, 8)).astype(np.float32)
    words /= np.linalg.norm(words, axis=1, keepdims=True)
    many = Vocabulary(tuple(f"i{number:03}" for number in range(300)))
    material = TrainingData(build_sequences(make_interactions(), many), many, content={"text": words})
    exact, nearly = (ContentKNN.fit(material, max_exact_items=count).matrix for count in (300, 100))
    assert (abs(exact - nearly) > 1e-4).nnz < 0.02 * exact.nnz


def test_what_is_written_like_what_follows_is_called_for_though_nobody_has_met_it(make_interactions: Make) -> None:
    events = build_sequences(make_interactions(*((f"u{user}", item, step) for user in range(6) for step, item in enumerate(("mute", "cup")))), VOCABULARY)
    propagation = ContentPropagation.fit(TrainingData(events, VOCABULARY, content={"text": WORDS}))
    history = build_sequences(make_interactions(("x", "mute", 1)), VOCABULARY)
    scores = propagation.score(history)[0]
    assert scores.argmax() == 1  # the mug is written like the cup
    assert np.allclose(propagation.contributions(history, np.arange(5)).sum(0), scores)
