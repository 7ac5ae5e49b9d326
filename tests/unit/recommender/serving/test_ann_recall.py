"""What a card says of how the best items are found."""

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
    """Items and users lie on a sphere; whoever met an item stands where it lies."""

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


def met(*lengths: int) -> Sequences:
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    ones = np.ones(starts[-1], np.int64)
    return Sequences(np.arange(starts[-1]), ones, ones, ones.astype(np.float32), ones.astype(np.bool_), starts)


def test_of_few_items_every_one_is_scored() -> None:
    assert measure_ann_recall(sphere(50), met(1, 2)) == {"exact": True}


def test_of_many_the_share_that_an_index_finds_is_told_and_who_is_unknown_is_not_asked() -> None:
    told: dict[str, Any] = measure_ann_recall(sphere(3000), met(1, 0, 3), max_exact_items=2999)
    assert (told["exact"], told["best"], told["users"]) == (False, 100, 2)
    assert 0.95 < told["recall"] <= 1
    assert measure_ann_recall(sphere(3000), met(*[1] * 2 * MAX_USERS), max_exact_items=2999)["users"] == MAX_USERS


@dataclass(frozen=True)
class Lopsided(Round):
    """Scores by other item_embeddings than the index is made of, so that it finds what is not best."""

    def score(self, histories: Sequences) -> Floats:
        scores: Floats = -super().score(histories)
        return scores


def test_what_an_index_misses_is_missing_from_its_recall() -> None:
    assert measure_ann_recall(Lopsided(sphere(400).item_embeddings), met(1, 1), max_exact_items=399)["recall"] == pytest.approx(0, abs=0.05)


def test_where_nobody_is_known_nothing_is_told() -> None:
    assert measure_ann_recall(sphere(50), met(0), max_exact_items=49) == {"exact": False, "recall": None, "best": 100, "users": 0}
