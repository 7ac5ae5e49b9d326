from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from recommender.data.sequences import Floats, Sequences, Vocabulary, build_sequences
from recommender.evaluation.metrics import _target_ranks, compute_target_ranks, evaluate, rank_items
from recommender.ranker import Arrays

Make = Callable[..., Any]

ITEMS = tuple(f"i{number:02}" for number in range(40))
VOCABULARY = Vocabulary(ITEMS)


@dataclass(frozen=True)
class Downwards:
    """The lower an item's number, the better."""

    def score(self, histories: Sequences) -> Floats:
        return np.tile(-np.arange(40, dtype=np.float32), (len(histories), 1))

    def to_arrays(self) -> Arrays:
        return {}


@dataclass(frozen=True)
class Level(Downwards):
    def score(self, histories: Sequences) -> Floats:
        return np.zeros((len(histories), 40), np.float32)


def histories_of(make_interactions: Make, users: int) -> Sequences:
    return build_sequences(make_interactions(*((f"u{number:04}", "i00", 1) for number in range(users))), VOCABULARY)


def measured(make_interactions: Make, targets: Any, ranker: Any = None, segments: Any = None, counts: Any = None) -> dict[str, float]:
    return evaluate(ranker or Downwards(), histories_of(make_interactions, len(targets)), np.array(targets), segments, counts)


def test_the_history_is_not_ranked(make_interactions: Make) -> None:
    assert measured(make_interactions, [1]) == pytest.approx({"recall@20": 1.0, "ndcg@20": 1.0, "coverage@20": 20 / 40, "gini@20": 0.5})


def test_gain_falls_with_the_rank_and_ends_at_twenty(make_interactions: Make) -> None:
    assert measured(make_interactions, [2])["ndcg@20"] == pytest.approx(1 / np.log2(3))
    assert measured(make_interactions, [20])["recall@20"] == 1.0
    assert measured(make_interactions, [21])["recall@20"] == 0.0


def test_an_unknown_target_is_a_miss(make_interactions: Make) -> None:
    assert measured(make_interactions, [-1, 1])["recall@20"] == 0.5


def test_equal_scores_share_the_mean_of_their_ranks(make_interactions: Make) -> None:
    assert measured(make_interactions, [5], Level())["recall@20"] == 1.0
    assert measured(make_interactions, [5], Level())["ndcg@20"] == pytest.approx(1 / np.log2(19 + 2))


def test_segments_are_measured_apart_and_empty_ones_left_out(make_interactions: Make) -> None:
    metrics = measured(make_interactions, [1, 30], segments={"lucky": np.array([True, False]), "nobody": np.array([False, False])})
    assert metrics["recall@20 lucky"] == 1.0
    assert "recall@20 nobody" not in metrics


def test_bands_are_measured_apart(make_interactions: Make) -> None:
    counts = np.array([90, 50, *[10] * 8, *[2] * 10, *[0] * 20])
    metrics = measured(make_interactions, [1, 5, 15, 30, -1], counts=counts)
    assert {name: metrics[f"recall@20 {name}"] for name in ("head", "middle", "tail", "cold")} == {"head": 1.0, "middle": 1.0, "tail": 1.0, "cold": 0.0}
    assert metrics["coverage@20 cold"] == 1 / 20
    assert metrics["gini@20 tail"] == 0.0
    assert metrics["recall@20"] == 0.6


def test_a_user_s_rank_is_told(make_interactions: Make) -> None:
    assert compute_target_ranks(Downwards(), histories_of(make_interactions, 3), np.array([1, 30, -1])).tolist() == [0, 29, np.inf]


def test_many_users_are_ranked_as_each_alone(make_interactions: Make) -> None:
    targets = np.arange(1200) % 39 + 1
    whole = rank_items(Downwards(), histories_of(make_interactions, 1200), targets)
    assert whole.ranks.tolist() == (targets - 1).tolist()
    assert whole.exposure.tolist() == [0, *[1200] * 20, *[0] * 19]


def test_nobody_to_ask_measures_zero(make_interactions: Make) -> None:
    assert measured(make_interactions, np.zeros(0, np.int64))["recall@20"] == 0.0


def test_scores_that_are_no_numbers_find_nothing(make_interactions: Make) -> None:
    class Broken(Downwards):
        def score(self, histories: Sequences) -> Floats:
            return np.full((len(histories), 40), np.nan, np.float32)

    assert evaluate(Broken(), build_sequences(make_interactions(("u", "i01", 1)), VOCABULARY), np.array([5]))["recall@20"] == 0.0


def test_a_model_whose_scores_are_no_numbers_never_wins() -> None:
    scores = np.array([[np.nan, 1.0, np.nan], [np.nan, 2.0, 1.0], [np.inf, 2.0, 1.0]], np.float32)
    assert _target_ranks(scores, np.array([0, 1, 0])).tolist() == [np.inf, 1.0, np.inf]
