"""What every Ranker promises."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from recommender.data.interactions import INTERACTIONS
from recommender.data.sequences import Sequences, Vocabulary, build_sequences
from recommender.data.training_data import TrainingData
from recommender.models import MODELS, get_model

VOCABULARY = Vocabulary(tuple(f"i{number:02}" for number in range(25)), ("view",))


def make_sequences(*rows: Any) -> Sequences:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    listed = [(user, item, "view", start + timedelta(hours=hour), 1.0, ordered) for user, item, hour, ordered in rows]
    return build_sequences(pl.DataFrame(listed, schema=INTERACTIONS, orient="row"), VOCABULARY)


EVENTS = make_sequences(*((f"u{user:02}", f"i{(user + step) % 24:02}", step, user % 4 > 0) for user in range(30) for step in range(6)))


MATERIAL = TrainingData(EVENTS, VOCABULARY, dimensions=8, epochs=1)


@pytest.fixture(scope="module", params=MODELS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def ranker(name: str) -> Any:
    return get_model(name).fit(MATERIAL, seed=0)


HISTORIES = {
    "one event": make_sequences(("x", "i03", 1, True)),
    "no known item": make_sequences(("x", "strange", 1, True)),
    "unknown order": make_sequences(("x", "i03", 1, False), ("x", "i04", 2, False)),
    "longer than is read": make_sequences(*(("x", f"i{hour % 25:02}", hour, True) for hour in range(130))),
    "two users": make_sequences(("x", "i03", 1, True), ("y", "i07", 1, True), ("y", "i08", 2, True)),
    "nobody": make_sequences(),
}


@pytest.mark.parametrize("histories", HISTORIES.values(), ids=HISTORIES)
def test_one_finite_score_a_user_and_item_the_same_each_time(ranker: Any, histories: Sequences) -> None:
    scores = ranker.score(histories)
    assert scores.shape == (len(histories), 25)
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()
    assert np.array_equal(scores, ranker.score(histories))


def test_fitting_again_learns_the_same(name: str, ranker: Any) -> None:
    again = get_model(name).fit(MATERIAL, seed=0).to_arrays()
    assert again.keys() == ranker.to_arrays().keys()
    assert all(np.array_equal(again[name], values) for name, values in ranker.to_arrays().items())


def test_made_again_from_its_arrays_it_scores_bit_for_bit_alike(name: str, ranker: Any) -> None:
    again = get_model(name).from_arrays(ranker.to_arrays(), VOCABULARY)
    assert np.array_equal(again.score(EVENTS), ranker.score(EVENTS))


def test_nothing_that_scores_was_asked_to_change(ranker: Any) -> None:
    histories = HISTORIES["two users"]
    before: list[Any] = [histories.items.copy(), histories.weights.copy(), histories.starts.copy()]
    ranker.score(histories)
    after: list[Any] = [histories.items, histories.weights, histories.starts]
    assert all(np.array_equal(old, new) for old, new in zip(before, after, strict=True))
