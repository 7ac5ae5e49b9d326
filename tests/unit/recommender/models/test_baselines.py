"""What the classical models know of a shop of two tastes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from recommender.data.interactions import INTERACTIONS
from recommender.data.sequences import Sequences, Vocabulary, build_sequences
from recommender.data.training_data import TrainingData
from recommender.models import get_model
from recommender.models.als import ALS
from recommender.models.ease import EASE
from recommender.models.item_knn import ItemKNN
from recommender.models.sparse import interaction_matrix, keep_largest
from sluice.errors import ModelError

VOCABULARY = Vocabulary(tuple(f"i{number:02}" for number in range(21)))
CLASSICAL: dict[str, dict[str, Any]] = {
    "item_knn": {},
    "ease": {"regularization": 2.0},
    "als": {"factors": 4, "regularization": 1.0, "unobserved_weight": 0.05},
    "pure_svd": {"factors": 4},
}


def make_sequences(*rows: Any) -> Sequences:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    listed = [(user, item, None, start + timedelta(hours=hour), weight, True) for hour, (user, item, weight) in enumerate(rows)]
    return build_sequences(pl.DataFrame(listed, schema=INTERACTIONS, orient="row"), VOCABULARY)


def tastes(users: int = 60, seed: int = 0) -> Sequences:
    """Half of the users like the items 0 to 9, the others those from 10 to 19; nobody met the last."""
    rng = np.random.default_rng(seed)
    liked = [(user, 10 * (user % 2) + item) for user in range(users) for item in rng.choice(10, 5, replace=False)]
    return make_sequences(*((f"u{user:02}", f"i{item:02}", 1.0) for user, item in liked))


@pytest.fixture(name="ranker", params=CLASSICAL, scope="module")
def _ranker(request: pytest.FixtureRequest) -> Any:
    fit: Any = get_model(request.param).fit
    return fit(TrainingData(tastes(), VOCABULARY), seed=0, **CLASSICAL[request.param])


def test_who_is_new_is_served_by_their_taste(ranker: Any) -> None:
    scores = ranker.score(make_sequences(("new", "i03", 1.0), ("other", "i14", 1.0)))
    scores[[0, 1], [3, 14]] = np.nan
    assert np.nanmean(scores[0, :10]) > scores[0, 10:20].max()
    assert np.nanmean(scores[1, 10:20]) > scores[1, :10].max()


@pytest.mark.parametrize(("name", "epochs"), [("logistic_mf", 30), ("neumf", 40)])
def test_who_is_new_is_served_by_their_taste_by_what_learns_in_steps(name: str, epochs: int) -> None:
    learned = get_model(name).fit(TrainingData(tastes(), VOCABULARY, dimensions=8, epochs=epochs), seed=0)
    scores = learned.score(make_sequences(("new", "i03", 1.0), ("new", "i05", 1.0), ("other", "i14", 1.0)))
    assert np.delete(scores[0, :10], [3, 5]).mean() > scores[0, 10:20].mean() + 0.5 * scores[0].std()
    assert np.delete(scores[1, 10:20], 4).mean() > scores[1, :10].mean() + 0.5 * scores[1].std()


@pytest.mark.parametrize("name", ["logistic_mf", "neumf"])
def test_losses_are_told_and_fall(name: str) -> None:
    losses: list[float] = []
    get_model(name).fit(TrainingData(tastes(), VOCABULARY, dimensions=8, epochs=8, log_metric=lambda _name, value, _step: losses.append(value)), seed=0)
    assert len(losses) == 8
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("name", [*CLASSICAL, "popularity", "logistic_mf", "neumf"])
@pytest.mark.parametrize("events", [make_sequences(), make_sequences(("a", "i03", 1.0))], ids=["no event", "one event"])
def test_next_to_nothing_is_no_obstacle(name: str, events: Sequences) -> None:
    scores = get_model(name).fit(TrainingData(events, VOCABULARY, dimensions=8, epochs=1), seed=0).score(make_sequences(("x", "i03", 1.0), ("y", "i05", 1.0)))
    assert scores.shape == (2, 21)
    assert np.isfinite(scores).all()


def test_nobody_is_sent_to_what_nobody_met(ranker: Any) -> None:
    assert ranker.score(make_sequences(("new", "i03", 1.0)))[0, 20] == pytest.approx(0, abs=1e-6)


def test_a_user_is_scored_alone_as_among_others(ranker: Any) -> None:
    histories = tastes(7, seed=1)
    alone = [ranker.score(one) for _, one in histories.iter_batches(1)]
    assert np.allclose(np.concatenate(alone), ranker.score(histories), atol=1e-4)


@pytest.mark.parametrize("cls", [ItemKNN, EASE])
def test_shares_add_up_to_scores(cls: Any) -> None:
    ranker, history = cls.fit(TrainingData(tastes(), VOCABULARY)), make_sequences(("x", "i01", 1.0), ("x", "i12", 2.0))
    assert np.allclose(ranker.contributions(history, np.arange(21)).sum(0), ranker.score(history)[0])


def test_ease_predicts_each_item_from_the_others_as_ridge_regression_would() -> None:
    users = interaction_matrix(tastes(), 21).toarray()
    weights = EASE.fit(TrainingData(tastes(), VOCABULARY), regularization=3.0).matrix.toarray()
    others = np.arange(21) != 4
    ridge = users[:, others].T @ users[:, others] + 3.0 * np.eye(20)
    assert np.allclose(weights[others, 4], np.linalg.solve(ridge, users[:, others].T @ users[:, 4]), atol=1e-4)


def test_ease_says_that_there_are_too_many_items() -> None:
    names = pl.Series([f"i{number:05}" for number in range(20_001)])
    events = pl.DataFrame({"user": "u", "item": names, "kind": None, "time": datetime(2026, 3, 1, tzinfo=UTC), "weight": 1.0, "ordered": False})
    many = Vocabulary(tuple(names))
    with pytest.raises(ModelError, match="20,001 items, only from 20,000"):
        EASE.fit(TrainingData(build_sequences(events.cast(INTERACTIONS), many), many))


def test_item_knn_gives_the_cosine_of_common_users() -> None:
    events = make_sequences(("a", "i00", 1.0), ("a", "i01", 1.0), ("b", "i01", 1.0), ("b", "i02", 1.0))
    similarities = ItemKNN.fit(TrainingData(events, VOCABULARY), shrinkage=0.0).matrix.toarray()
    assert similarities[0, 1] == pytest.approx(0.5 / np.sqrt(2))  # both users met two items, so each counts 1 / log2(4)
    assert similarities[0, 2] == 0


def test_als_gives_who_met_more_a_larger_ridge() -> None:
    short = [
        ALS.fit(TrainingData(tastes(), VOCABULARY), factors=4, regularization_exponent=growth, regularization=5.0).user_embeddings(
            make_sequences(("x", "i03", 4.0), ("y", "i03", 1.0))
        )
        for growth in (0.0, 2.0)
    ]
    before, after = (np.linalg.norm(points, axis=1) for points in short)
    assert after[0] / after[1] < before[0] / before[1]


def test_who_met_an_item_twice_counts_as_strongly_as_they_ever_did() -> None:
    assert interaction_matrix(make_sequences(("a", "i01", 1.0), ("a", "i01", 3.0), ("a", "i02", 1.0)), 21).toarray()[0, :3].tolist() == [0, 3, 1]


def test_the_strongest_of_a_row_are_kept_whatever_their_sign() -> None:
    assert keep_largest(np.array([[1, -5, 0, 3], [0, 0, 2, 0]], np.float32), 2).toarray().tolist() == [[0, -5, 0, 3], [0, 0, 2, 0]]
