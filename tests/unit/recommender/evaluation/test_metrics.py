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
KNOWN = Vocabulary(ITEMS)


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


def histories_of(told: Make, users: int) -> Sequences:
    return build_sequences(told(*((f"u{number:04}", "i00", 1) for number in range(users))), KNOWN)


def measured(told: Make, targets: Any, ranker: Any = None, segments: Any = None, counts: Any = None) -> dict[str, float]:
    return evaluate(ranker or Downwards(), histories_of(told, len(targets)), np.array(targets), segments, counts)


def test_the_history_is_not_ranked(told: Make) -> None:
    assert measured(told, [1]) == pytest.approx({"recall@20": 1.0, "ndcg@20": 1.0, "coverage@20": 20 / 40, "gini@20": 0.5})


def test_gain_falls_with_the_rank_and_ends_at_twenty(told: Make) -> None:
    assert measured(told, [2])["ndcg@20"] == pytest.approx(1 / np.log2(3))
    assert measured(told, [20])["recall@20"] == 1.0
    assert measured(told, [21])["recall@20"] == 0.0


def test_an_unknown_target_is_a_miss(told: Make) -> None:
    assert measured(told, [-1, 1])["recall@20"] == 0.5


def test_equal_scores_share_the_mean_of_their_ranks(told: Make) -> None:
    assert measured(told, [5], Level())["recall@20"] == 1.0
    assert measured(told, [5], Level())["ndcg@20"] == pytest.approx(1 / np.log2(19 + 2))


def test_segments_are_measured_apart_and_empty_ones_left_out(told: Make) -> None:
    found = measured(told, [1, 30], segments={"lucky": np.array([True, False]), "nobody": np.array([False, False])})
    assert found["recall@20 lucky"] == 1.0
    assert "recall@20 nobody" not in found


def test_bands_are_measured_apart(told: Make) -> None:
    counts = np.array([90, 50, *[10] * 8, *[2] * 10, *[0] * 20])
    found = measured(told, [1, 5, 15, 30, -1], counts=counts)
    assert {name: found[f"recall@20 {name}"] for name in ("head", "middle", "tail", "cold")} == {"head": 1.0, "middle": 1.0, "tail": 1.0, "cold": 0.0}
    assert found["coverage@20 cold"] == 1 / 20
    assert found["gini@20 tail"] == 0.0
    assert found["recall@20"] == 0.6


def test_a_user_s_rank_is_told(told: Make) -> None:
    assert compute_target_ranks(Downwards(), histories_of(told, 3), np.array([1, 30, -1])).tolist() == [0, 29, np.inf]


def test_many_users_are_ranked_as_each_alone(told: Make) -> None:
    targets = np.arange(1200) % 39 + 1
    whole = rank_items(Downwards(), histories_of(told, 1200), targets)
    assert whole.ranks.tolist() == (targets - 1).tolist()
    assert whole.exposure.tolist() == [0, *[1200] * 20, *[0] * 19]


def test_nobody_to_ask_measures_zero(told: Make) -> None:
    assert measured(told, np.zeros(0, np.int64))["recall@20"] == 0.0


def test_scores_that_are_no_numbers_find_nothing(told: Make) -> None:
    class Broken(Downwards):
        def score(self, histories: Sequences) -> Floats:
            return np.full((len(histories), 40), np.nan, np.float32)

    assert evaluate(Broken(), build_sequences(told(("u", "i01", 1)), KNOWN), np.array([5]))["recall@20"] == 0.0


def test_a_model_whose_scores_are_no_numbers_never_wins() -> None:
    scores = np.array([[np.nan, 1.0, np.nan], [np.nan, 2.0, 1.0], [np.inf, 2.0, 1.0]], np.float32)
    assert _target_ranks(scores, np.array([0, 1, 0])).tolist() == [np.inf, 1.0, np.inf]
