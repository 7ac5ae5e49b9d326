"""The recall of the approximate index, as the card holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from recommender.data.sequences import Floats, Sequences
from recommender.ranker import Arrays
from recommender.serving.ann_recall import MAX_USERS, measure_ann_recall


@dataclass(frozen=True)
class Round:
    """Embed items and users on a sphere; a user lies at their last item."""

    item_embeddings: Floats

    def user_embeddings(self, histories: Sequences) -> Floats:
        return self.item_embeddings[histories.most_recent(1).items]

    def score(self, histories: Sequences) -> Floats:
        scores: Floats = self.user_embeddings(histories) @ self.item_embeddings.T
        return scores

    def to_arrays(self) -> Arrays:
        return {}


def sphere(items: int) -> Round:
    drawn = np.random.default_rng(0).normal(size=(items, 16)).astype(np.float32)
    return Round(drawn / np.linalg.norm(drawn, axis=1, keepdims=True))


def histories_of(*lengths: int) -> Sequences:
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    ones = np.ones(starts[-1], np.int64)
    return Sequences(np.arange(starts[-1]), ones, ones, ones.astype(np.float32), ones.astype(np.bool_), starts)


def test_few_items_are_scored_exhaustively() -> None:
    assert measure_ann_recall(sphere(50), histories_of(1, 2)) == {"exact": True}


def test_the_recall_of_an_index_is_measured_on_users_with_events() -> None:
    result: dict[str, Any] = measure_ann_recall(sphere(3000), histories_of(1, 0, 3), max_exact_items=2999)
    assert (result["exact"], result["best"], result["users"]) == (False, 100, 2)
    assert 0.95 < result["recall"] <= 1
    assert measure_ann_recall(sphere(3000), histories_of(*[1] * 2 * MAX_USERS), max_exact_items=2999)["users"] == MAX_USERS


@dataclass(frozen=True)
class Lopsided(Round):
    """Scores by other item_embeddings than the index is made of, so that it finds what is not best."""

    def score(self, histories: Sequences) -> Floats:
        scores: Floats = -super().score(histories)
        return scores


def test_missed_items_lower_the_recall() -> None:
    assert measure_ann_recall(Lopsided(sphere(400).item_embeddings), histories_of(1, 1), max_exact_items=399)["recall"] == pytest.approx(0, abs=0.05)


def test_without_events_there_is_no_recall() -> None:
    assert measure_ann_recall(sphere(50), histories_of(0), max_exact_items=49) == {"exact": False, "recall": None, "best": 100, "users": 0}
