from __future__ import annotations

import numpy as np
import pytest

from benchmarks.recommending.movielens import OTHERS, compute_hit_metrics, split_item, tune_weights, unordered
from recommender.data.sequences import Vocabulary
from recommender.data.training_data import TrainingData

USERS, ITEMS, PER_USER = 20, 150, 5


def material() -> TrainingData:
    rng = np.random.default_rng(0)
    items = np.concatenate([rng.choice(ITEMS, PER_USER, replace=False) for _ in range(USERS)])
    return TrainingData(unordered(items, np.arange(USERS + 1) * PER_USER), Vocabulary(tuple(f"i{number:03}" for number in range(ITEMS))))


def test_one_item_of_each_user_is_cut_and_stands_among_those_that_they_did_not_meet() -> None:
    whole = material()
    early, candidates = split_item(whole, seed=3)
    assert candidates.shape == (USERS, 1 + OTHERS)
    for user in range(USERS):
        before, after = (set(sequences.events.items[sequences.events.users == user].tolist()) for sequences in (whole, early))
        assert before - after == {candidates[user, 0]}
        assert not before & set(candidates[user, 1:].tolist())


def test_another_seed_cuts_other_items() -> None:
    assert (split_item(material(), 0)[1][:, 0] != split_item(material(), 1)[1][:, 0]).any()


def test_hits_and_gains_fall_with_the_rank() -> None:
    scores = -np.arange(100, dtype=np.float32)[None].repeat(3, axis=0)
    scores[1, 0], scores[2, 0] = -2.5, -50
    assert compute_hit_metrics(scores) == pytest.approx((2 / 3, (1 + 1 / np.log2(4)) / 3))


def test_a_part_that_knows_nothing_gets_no_weight() -> None:
    rng = np.random.default_rng(0)
    noise, signal = rng.normal(size=(200, 100)).astype(np.float32), rng.normal(size=(200, 100)).astype(np.float32)
    signal[:, 0] += 2
    assert tune_weights([signal, noise]).tolist() == [1.0, 0.0]
