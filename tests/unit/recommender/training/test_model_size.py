from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from recommender.artifact.serialization import TrainedRecommender, deserialize, serialize
from recommender.data.sequences import Floats, Sequences, Vocabulary, build_sequences
from recommender.data.training_data import TrainingData
from recommender.models.popularity import Popularity
from recommender.training.model_size import serialize_smallest
from recommender.two_tower.model import TwoTowerModel

ITEMS = 300


@pytest.fixture(scope="module")
def learned(make_interactions: object) -> TrainedRecommender:
    vocabulary = Vocabulary(tuple(f"i{number:03}" for number in range(ITEMS)))
    rows = [(f"u{user:02}", f"i{(7 * user + step) % ITEMS:03}", step) for user in range(40) for step in range(8)]
    events: Sequences = build_sequences(make_interactions(*rows), vocabulary)  # type: ignore[operator]  # a fixture that makes frames
    material = TrainingData(events, vocabulary, dimensions=32, epochs=1)
    return TrainedRecommender("two_tower", vocabulary, TwoTowerModel.fit(material), Popularity.fit(material))


def scores(learned: TrainedRecommender) -> Floats:
    zeros, ones = np.zeros(2, np.int64), np.ones(2)
    return learned.ranker.score(Sequences(np.array([3, 4]), zeros, zeros, ones.astype(np.float32), ones.astype(np.bool_), np.array([0, 2])))


def test_where_nothing_is_lost_the_small_one_is_kept(learned: TrainedRecommender) -> None:
    content, card = serialize_smallest(learned, lambda _: {"recall@20": 0.2, "ndcg@20": 0.1})
    assert content == serialize(learned, quantize=True)
    assert card == {"compact": True, "bytes": len(content), "plain": len(serialize(learned)), "lost": {"recall@20": 0, "ndcg@20": 0}}
    assert len(content) < len(serialize(learned))
    assert np.abs(scores(deserialize(content)) - scores(learned)).max() < 0.02
    assert serialize(deserialize(content), quantize=True) == content


@pytest.mark.parametrize("after", [{"recall@20": 0.19, "ndcg@20": 0.1}, {"recall@20": 0.2, "ndcg@20": 0.09}])
def test_where_something_is_lost_the_plain_one_is_kept(learned: TrainedRecommender, after: Mapping[str, float]) -> None:
    content, card = serialize_smallest(learned, lambda candidate: {"recall@20": 0.2, "ndcg@20": 0.1} if candidate is learned else after)
    assert content == serialize(learned)
    assert card["compact"] is False
    assert np.array_equal(scores(deserialize(content)), scores(learned))
