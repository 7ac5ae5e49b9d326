from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from recommender.data.sequences import Floats, Sequences, Vocabulary, build_sequences
from recommender.data.training_data import TrainingData
from recommender.evaluation.metrics import evaluate
from recommender.evaluation.validation import EvaluationSet, leave_last_out
from recommender.models.blend import Blend
from recommender.models.blend_weights import MAX_NDCG_LOSS, standardize, tune_blend_weights
from recommender.models.cooccurrence import CoOccurrence
from recommender.models.inverse_popularity import InversePopularity
from recommender.ranker import Arrays, Ranker

Make = Callable[..., Any]

VOCABULARY = Vocabulary(tuple(f"i{number:02}" for number in range(40)), ("look",))


@dataclass(frozen=True)
class Fixed:
    """Says the same of every user, by the number of their first item."""

    table: Floats

    def score(self, histories: Sequences) -> Floats:
        return self.table[histories.items[histories.starts[:-1]]]

    def to_arrays(self) -> Arrays:
        return {}


@pytest.fixture(scope="module")
def held(make_interactions: Make) -> EvaluationSet:
    rng = np.random.default_rng(0)
    rows = [(f"u{user:02}", f"i{item:02}", step) for user in range(80) for step, item in enumerate(rng.permutation(40)[:3])]
    return leave_last_out(build_sequences(make_interactions(*rows), VOCABULARY))


def oracle(held: EvaluationSet, users: slice, noise: float) -> Fixed:
    """Knows what some users take next."""
    table = np.random.default_rng(users.start).normal(size=(40, 40)).astype(np.float32) * noise
    firsts = held.histories.items[held.histories.starts[:-1]]
    table[firsts[users], held.targets[users]] += 4
    return Fixed(table)


@given(arrays(np.float32, (3, 7), elements=st.floats(-1e3, 1e3, width=32)))
def test_standardised_scores_keep_their_order_and_compare(scores: Floats) -> None:
    standardized = standardize(scores)
    assert np.isfinite(standardized).all()
    assert np.allclose(standardized.mean(axis=1), 0, atol=1e-3)
    for before, after in zip(scores, standardized, strict=True):
        assert (np.diff(after[np.argsort(before, kind="stable")]) >= 0).all()


def test_two_parts_that_know_different_users_are_better_together(held: EvaluationSet) -> None:
    parts = {"one": oracle(held, slice(0, 40), 1), "two": oracle(held, slice(40, 80), 1)}
    weights = tune_blend_weights(parts, held)
    assert min(weights.values()) > 0
    together = evaluate(Blend(parts, weights), held.histories, held.targets)["ndcg@20"]
    assert together > 1.05 * max(evaluate(part, held.histories, held.targets)["ndcg@20"] for part in parts.values())


def test_a_part_that_knows_nothing_counts_nothing(held: EvaluationSet) -> None:
    weights = tune_blend_weights({"nothing": Fixed(np.zeros((40, 40), np.float32)), "one": oracle(held, slice(0, 80), 0.1)}, held)
    assert weights == {"nothing": 0.0, "one": 1.0}


def test_no_weights_that_were_tried_are_much_better(held: EvaluationSet) -> None:
    parts = {"one": oracle(held, slice(0, 60), 1), "two": oracle(held, slice(30, 80), 2)}
    chosen = evaluate(Blend(parts, tune_blend_weights(parts, held)), held.histories, held.targets)["ndcg@20"]
    for weight in (0.1, 0.4, 1.0):
        other = evaluate(Blend(parts, {"one": 1.0, "two": weight}), held.histories, held.targets)["ndcg@20"]
        assert chosen >= (1 - MAX_NDCG_LOSS) * other - 1e-6


def test_with_nobody_to_ask_all_count_alike(held: EvaluationSet) -> None:
    nobody = EvaluationSet(held.train, held.histories, np.full(len(held.targets), -1))
    assert tune_blend_weights({"one": oracle(held, slice(0, 9), 1), "two": oracle(held, slice(9, 20), 1)}, nobody) == {"one": 1.0, "two": 1.0}


def test_new_items_stand_behind_its_own(make_interactions: Make) -> None:
    events = build_sequences(make_interactions(*((f"u{user:02}", f"i{(user + step) % 40:02}", step) for user in range(60) for step in range(6))), VOCABULARY)
    material = TrainingData(events, VOCABULARY)
    blend = Blend({"cooccurrence": CoOccurrence.fit(material), "fixed": Fixed(np.eye(40, dtype=np.float32))}, {"cooccurrence": 1.0, "fixed": 0.5})
    grown = blend.add_items(np.zeros((2, 1), np.int64), {})
    larger = Vocabulary((*VOCABULARY.items, "new", "newer"), VOCABULARY.kinds)
    history = build_sequences(make_interactions(("x", "i07", 1), ("x", "new", 2)), larger)
    scores = grown.score(history)[0]
    assert scores.shape == (42,)
    assert scores[:40].argmax() in (8, 6)
    assert (scores[40:] <= scores[:40].min() + 1e-6).all()


def test_rarity_shows_the_tail_at_little_cost(make_interactions: Make) -> None:
    rng = np.random.default_rng(2)
    rows = []
    for user in range(120):
        start = int(rng.zipf(1.6)) % 40
        rows += [(f"u{user:03}", f"i{(start + step) % 40:02}", step) for step in range(5)]
    held = leave_last_out(build_sequences(make_interactions(*rows), VOCABULARY))
    material = TrainingData(held.train, VOCABULARY)
    rarity = InversePopularity.fit(material)
    parts: dict[str, Ranker] = {"cooccurrence": CoOccurrence.fit(material), "inverse_popularity": rarity}
    weights = tune_blend_weights(parts, held)
    alone, both = (evaluate(ranker, held.histories, held.targets) for ranker in (parts["cooccurrence"], Blend(parts, weights)))
    assert weights["inverse_popularity"] > 0
    assert both["ndcg@20"] >= (1 - MAX_NDCG_LOSS) * alone["ndcg@20"] - 1e-6
    assert both["gini@20"] < alone["gini@20"]
    assert (rarity.add_items(np.zeros((2, 1), np.int64), {}).scores[-2:] == 0).all()
