from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.data.interactions import collapse_repeats, load_catalog
from recommender.data.sequences import Floats, Sequences, build_sequences
from recommender.data.training_data import TrainingData
from recommender.models.ann_index import ExactIndex
from recommender.models.blend import Blend
from recommender.models.cooccurrence import CoOccurrence
from recommender.models.threads import limit_to_one_thread
from recommender.serving.encode_history import encode_histories
from recommender.serving.online_recommender import OnlineRecommender
from recommender.serving.retrieval import AnnRetriever, ExhaustiveRetriever, build_retriever
from tests.unit.recommender.opaque_ranker import Opaque

Make = Callable[..., Any]


@pytest.fixture(scope="module")
def model(trained: Any) -> OnlineRecommender:
    return OnlineRecommender.load(trained)


def chained(make_interactions: Make, model: OnlineRecommender) -> Sequences:
    """Return histories of sixty users, each with six items in order."""
    rows = [(f"u{user:02}", f"i{(user + step) % 60:02}", step) for user in range(60) for step in range(6)]
    return build_sequences(make_interactions(*rows), model.trained.vocabulary)


def names(answer: Any) -> list[str]:
    return [entry.item for entry in answer]


def test_the_next_item_of_the_chain_is_recommended(model: OnlineRecommender, make_interactions: Make) -> None:
    answer = model.recommend(make_interactions(("x", "i10", 1), ("x", "i11", 2), ("x", "i12", 3)), 3)
    assert "i13" in names(answer)
    assert len(answer) == 3
    assert all(first.score >= second.score for first, second in pairwise(answer))


def test_a_new_event_changes_the_next_answer(model: OnlineRecommender, make_interactions: Make) -> None:
    before = make_interactions(("x", "i10", 1), ("x", "i11", 2))
    assert names(model.recommend(before)) != names(model.recommend(pl.concat([before, make_interactions(("x", "i40", 3))])))


def test_items_in_the_history_and_excluded_ones_are_not_recommended(model: OnlineRecommender, make_interactions: Make) -> None:
    history = make_interactions(("x", "i10", 1), ("x", "i11", 2))
    best = model.recommend(history, 1)[0].item
    answer = names(model.recommend(history, 100, exclude=[best]))
    assert len(answer) == len(set(answer)) == 61 - 3
    assert not {"i10", "i11", best} & set(answer)
    assert names(model.recommend(history, 5, among=["i30", "i31", "i10"])) in (["i30", "i31"], ["i31", "i30"])


def test_unknown_items_are_ignored(model: OnlineRecommender, make_interactions: Make) -> None:
    history = make_interactions(("x", "i10", 1), ("x", "i11", 2))
    assert model.recommend(pl.concat([make_interactions(("x", "never seen", 0)), history])) == model.recommend(history)


def test_an_empty_or_unknown_history_gets_popular_items(model: OnlineRecommender, make_interactions: Make) -> None:
    assert model.recommend(make_interactions(), 5) == model.recommend_popular(5)
    assert model.recommend(make_interactions(("x", "never seen", 0)), 5) == model.recommend_popular(5)
    assert (
        names(model.recommend(make_interactions(), 5, exclude=names(model.recommend_popular(2))))
        == names(model.recommend_popular(5))[2:] + names(model.recommend_popular(7))[5:]
    )


@pytest.fixture(scope="module")
def with_catalog(model: OnlineRecommender, snapshot: Any, settings: Make) -> OnlineRecommender:
    return model.with_catalog(load_catalog(snapshot, settings()), settings())


def test_a_catalog_gives_titles(with_catalog: OnlineRecommender, make_interactions: Make) -> None:
    answer = with_catalog.recommend(make_interactions(("x", "i10", 1)), 5)
    assert [entry.title for entry in answer] == [f"The {entry.item}" for entry in answer]


def test_without_a_catalog_every_item_is_available_without_title(model: OnlineRecommender, settings: Make, make_interactions: Make) -> None:
    answer = model.with_catalog(pl.DataFrame(schema={"item": pl.String}), settings()).recommend(make_interactions(("x", "i10", 1)), 3)
    assert answer == model.recommend(make_interactions(("x", "i10", 1)), 3)
    assert [entry.title for entry in answer] == [None] * 3


def test_only_items_of_the_catalog_are_recommended(model: OnlineRecommender, snapshot: Any, settings: Make, make_interactions: Make) -> None:
    items, history = load_catalog(snapshot, settings()), make_interactions(("x", "i10", 1))
    first = model.recommend(history, 1)[0].item
    sold_out = model.with_catalog(items.filter(pl.col("item") != first), settings())
    assert first not in names(sold_out.recommend(history, 100)) + names(sold_out.recommend_popular(100))


def like(items: pl.DataFrame, item: str, name: str) -> pl.DataFrame:
    return items.filter(pl.col("item") == item).with_columns(item=pl.lit(name), label=pl.lit("Just in"))


def test_a_new_item_is_recommended_beside_similar_ones(model: OnlineRecommender, snapshot: Any, settings: Make, make_interactions: Make) -> None:
    items = load_catalog(snapshot, settings())
    grown = model.with_catalog(pl.concat([items, like(items, "i13", "late"), like(items, "i43", "far")]), settings())
    history = make_interactions(("x", "i11", 1), ("x", "i12", 2))
    answer = grown.recommend(history, 100)
    assert names(answer).index("late") < names(answer).index("far")
    assert next(entry.title for entry in answer if entry.item == "late") == "Just in"
    assert "late" not in names(grown.recommend(pl.concat([history, make_interactions(("x", "late", 3))]), 100))
    assert grown.knows_any(make_interactions(("x", "late", 3)))
    assert len(grown.recommend(make_interactions(("x", "late", 3)), 5)) == 5


def test_a_ranker_without_new_items_scores_them_by_their_neighbours(model: OnlineRecommender, snapshot: Any, settings: Make, make_interactions: Make) -> None:
    items = load_catalog(snapshot, settings())
    counted = OnlineRecommender.from_model(
        replace(model.trained, ranker=Opaque(CoOccurrence.fit(TrainingData(chained(make_interactions, model), model.trained.vocabulary))))
    )
    grown = counted.with_catalog(pl.concat([items, like(items, "i13", "late")]), settings())
    history = make_interactions(("x", "i11", 1), ("x", "i12", 2))
    answer = names(grown.recommend(history, 100))
    assert answer.index("late") < 10
    assert [item for item in answer if item != "late"] == names(counted.recommend(history, 100))


def test_an_item_similar_to_no_other_gets_the_lowest_score(model: OnlineRecommender, snapshot: Any, settings: Make, make_interactions: Make) -> None:
    items = load_catalog(snapshot, settings())
    data = TrainingData(chained(make_interactions, model), model.trained.vocabulary)
    counted = OnlineRecommender.from_model(replace(model.trained, ranker=Opaque(CoOccurrence.fit(data))))
    odd = items.head(1).with_columns(item=pl.lit("odd"), label=pl.lit(None, pl.String), family=pl.lit(None, pl.String), cost=pl.lit(None, pl.Float64))
    answer = counted.with_catalog(pl.concat([items, odd]), settings()).recommend(make_interactions(("x", "i11", 1)), 100)
    scores = {answer.item: answer.score for answer in answer}
    assert scores["odd"] == min(scores.values())


def test_a_batch_of_users_gets_the_answers_of_single_users(with_catalog: OnlineRecommender, make_interactions: Make) -> None:
    histories = make_interactions(("x", "i10", 1), ("x", "i11", 2), ("y", "i30", 1), ("z", "never seen", 1))
    answer = with_catalog.recommend_batch(histories, 4)
    assert list(answer) == ["x", "y"]
    for user in answer:
        alone = with_catalog.recommend(histories.filter(pl.col("user") == user), 4)
        assert names(answer[user]) == names(alone)
        assert [entry.score for entry in answer[user]] == pytest.approx([entry.score for entry in alone], rel=1e-5)
    assert with_catalog.recommend_batch(make_interactions(), 4) == {}


@pytest.mark.parametrize("repeats", [True, False])
def test_a_history_is_encoded_as_the_trainer_encodes_it(model: OnlineRecommender, make_interactions: Make, repeats: bool) -> None:
    again = make_interactions(("x", "i11", 4), ("x", "i11", 5)).with_columns(kind=pl.Series(["buy", None]), weight=pl.Series([3.0, 1.0]))
    odd = make_interactions(("x", "strange", 6), ("x", "i11", 7), ("y", "strange", 1), ("z", "i12", 1, False), ("z", "i12", 2), ("z", "i12", 3))
    history = pl.concat([make_interactions(("x", "i10", 1), ("x", "strange", 2), ("x", "i11", 3)), again, odd])
    vocabulary = model.trained.vocabulary
    ours, right = (
        encode_histories(history, model.item_numbers, vocabulary.kinds, repeats=repeats),
        build_sequences(history if repeats else collapse_repeats(history), vocabulary),
    )
    for name in ("items", "kinds", "times", "weights", "ordered", "starts"):
        assert np.array_equal(getattr(ours, name), getattr(right, name)), name


def test_no_history_is_encoded_as_no_events(model: OnlineRecommender, make_interactions: Make) -> None:
    assert len(encode_histories(make_interactions(), model.item_numbers, ())) == 0
    assert encode_histories(make_interactions(("x", "strange", 1)), model.item_numbers, ()).starts.tolist() == [0, 0]


class Near:
    """Embed items and users on a circle."""

    angles = 6 * np.linspace(0, 1, 40, dtype=np.float32) ** 1.3  # no two pairs lie equally far apart
    item_embeddings = np.stack([np.cos(angles), np.sin(angles)], axis=1)

    def user_embeddings(self, histories: Sequences) -> Floats:
        return self.item_embeddings[histories.most_recent(1).items]

    def score(self, histories: Sequences) -> Floats:
        scores: Floats = self.user_embeddings(histories) @ self.item_embeddings.T
        return scores

    def to_arrays(self) -> Any:
        return {}


@given(st.integers(1, 60), st.sets(st.integers(0, 39)), st.integers(1, 30))
def test_an_index_returns_what_exhaustive_scoring_returns(count: int, hidden: set[int], events: int) -> None:
    rng = np.random.default_rng(events)
    starts, ones = np.array([0, 1, 1 + events]), np.ones(1 + events, np.int64)
    histories = Sequences(rng.integers(0, 40, 1 + events), ones, ones, ones.astype(np.float32), ones.astype(np.bool_), starts)
    allowed = np.array([item not in hidden for item in range(40)])
    some, right = (
        retriever.retrieve(histories, allowed, count) for retriever in (AnnRetriever(Near(), ExactIndex(Near.item_embeddings)), ExhaustiveRetriever(Near()))
    )
    for user in range(2):
        answer = right[0][user][right[0][user] >= 0]
        assert np.array_equal(some[0][user][some[0][user] >= 0], answer)
        assert not set(answer) & (hidden | set(histories.items[starts[user] : starts[user + 1]].tolist()))


class Liked:
    """Prefer a few items, for every user."""

    scores = np.where(np.arange(40) % 7 == 0, np.arange(40), 0).astype(np.float32)

    def score(self, histories: Sequences) -> Floats:
        return np.tile(self.scores, (len(histories), 1))

    def to_arrays(self) -> Any:
        return {}


@given(st.integers(20, 45), st.sets(st.integers(0, 39), max_size=25), st.sampled_from([(1.0, 0.3), (0.5, 2.0), (1.0, 0.0)]))
def test_a_blend_index_that_proposes_all_items_returns_what_exhaustive_scoring_returns(count: int, hidden: set[int], weights: tuple[float, float]) -> None:
    blend = Blend({"towers": Near(), "liked": Liked()}, dict(zip(("towers", "liked"), weights, strict=True)))
    ones = np.ones(4, np.int64)
    histories = Sequences(np.array([3, 9, 30, 14]), ones, ones, ones.astype(np.float32), ones.astype(np.bool_), np.array([0, 1, 4]))
    allowed = np.array([item not in hidden for item in range(40)])
    (some, answer), (right, scores) = (
        retriever.retrieve(histories, allowed, count) for retriever in (build_retriever(blend, max_exact_items=39), ExhaustiveRetriever(blend))
    )
    assert np.array_equal(some, right)
    for user in range(2):
        present = right[user] >= 0
        difference = answer[user][present] - scores[user][present]
        assert difference == pytest.approx(np.full(present.sum(), difference[0] if present.any() else 0), abs=1e-4)


def test_a_blend_of_few_items_is_scored_exhaustively() -> None:
    assert isinstance(build_retriever(Blend({"towers": Near()}, {"towers": 1.0})), ExhaustiveRetriever)


def test_an_answer_uses_one_thread_and_restores_the_limit() -> None:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(2)
    with limit_to_one_thread():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 2
    torch.set_num_threads(before)
