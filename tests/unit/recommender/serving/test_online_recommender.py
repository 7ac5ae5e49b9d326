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

Make = Callable[..., Any]


@pytest.fixture(scope="module")
def model(trained: Any) -> OnlineRecommender:
    return OnlineRecommender.load(trained)


class Opaque:
    """Of a ranker no more than the scores."""

    def __init__(self, ranker: Any) -> None:
        self.ranker = ranker

    def score(self, histories: Sequences) -> Floats:
        scores: Floats = self.ranker.score(histories)
        return scores

    def to_arrays(self) -> Any:
        return {}


def chained(told: Make, model: OnlineRecommender) -> Sequences:
    """Of sixty users, each of whom goes through six items in order."""
    rows = [(f"u{user:02}", f"i{(user + step) % 60:02}", step) for user in range(60) for step in range(6)]
    return build_sequences(told(*rows), model.learned.vocabulary)


def names(found: Any) -> list[str]:
    return [each.item for each in found]


def test_the_next_of_the_chain_comes_first(model: OnlineRecommender, told: Make) -> None:
    found = model.recommend(told(("x", "i10", 1), ("x", "i11", 2), ("x", "i12", 3)), 3)
    assert "i13" in names(found)
    assert len(found) == 3
    assert all(first.score >= second.score for first, second in pairwise(found))


def test_a_new_event_changes_the_next_answer(model: OnlineRecommender, told: Make) -> None:
    before = told(("x", "i10", 1), ("x", "i11", 2))
    assert names(model.recommend(before)) != names(model.recommend(pl.concat([before, told(("x", "i40", 3))])))


def test_nothing_already_met_or_excluded_is_recommended(model: OnlineRecommender, told: Make) -> None:
    history = told(("x", "i10", 1), ("x", "i11", 2))
    best = model.recommend(history, 1)[0].item
    found = names(model.recommend(history, 100, exclude=[best]))
    assert len(found) == len(set(found)) == 61 - 3
    assert not {"i10", "i11", best} & set(found)
    assert names(model.recommend(history, 5, among=["i30", "i31", "i10"])) in (["i30", "i31"], ["i31", "i30"])


def test_unknown_items_are_ignored(model: OnlineRecommender, told: Make) -> None:
    known = told(("x", "i10", 1), ("x", "i11", 2))
    assert model.recommend(pl.concat([told(("x", "never seen", 0)), known])) == model.recommend(known)


def test_an_empty_or_unknown_history_is_answered_with_what_is_popular(model: OnlineRecommender, told: Make) -> None:
    assert model.recommend(told(), 5) == model.recommend_popular(5)
    assert model.recommend(told(("x", "never seen", 0)), 5) == model.recommend_popular(5)
    assert (
        names(model.recommend(told(), 5, exclude=names(model.recommend_popular(2))))
        == names(model.recommend_popular(5))[2:] + names(model.recommend_popular(7))[5:]
    )


@pytest.fixture(scope="module")
def with_catalog(model: OnlineRecommender, snapshot: Any, settings: Make) -> OnlineRecommender:
    return model.with_catalog(load_catalog(snapshot, settings()), settings())


def test_a_catalog_gives_titles(with_catalog: OnlineRecommender, told: Make) -> None:
    found = with_catalog.recommend(told(("x", "i10", 1)), 5)
    assert [each.title for each in found] == [f"The {each.item}" for each in found]


def test_without_a_catalog_everything_known_is_sold_and_has_no_title(model: OnlineRecommender, settings: Make, told: Make) -> None:
    found = model.with_catalog(pl.DataFrame(schema={"item": pl.String}), settings()).recommend(told(("x", "i10", 1)), 3)
    assert found == model.recommend(told(("x", "i10", 1)), 3)
    assert [each.title for each in found] == [None] * 3


def test_only_what_the_catalog_holds_is_recommended(model: OnlineRecommender, snapshot: Any, settings: Make, told: Make) -> None:
    items, history = load_catalog(snapshot, settings()), told(("x", "i10", 1))
    first = model.recommend(history, 1)[0].item
    sold_out = model.with_catalog(items.filter(pl.col("item") != first), settings())
    assert first not in names(sold_out.recommend(history, 100)) + names(sold_out.recommend_popular(100))


def like(items: pl.DataFrame, item: str, name: str) -> pl.DataFrame:
    return items.filter(pl.col("item") == item).with_columns(item=pl.lit(name), label=pl.lit("Just in"))


def test_an_item_that_came_after_the_training_is_recommended_where_its_like_are(model: OnlineRecommender, snapshot: Any, settings: Make, told: Make) -> None:
    items = load_catalog(snapshot, settings())
    grown = model.with_catalog(pl.concat([items, like(items, "i13", "late"), like(items, "i43", "far")]), settings())
    history = told(("x", "i11", 1), ("x", "i12", 2))
    found = grown.recommend(history, 100)
    assert names(found).index("late") < names(found).index("far")
    assert next(each.title for each in found if each.item == "late") == "Just in"
    assert "late" not in names(grown.recommend(pl.concat([history, told(("x", "late", 3))]), 100))
    assert grown.knows_any(told(("x", "late", 3)))
    assert len(grown.recommend(told(("x", "late", 3)), 5)) == 5


def test_a_ranker_that_cannot_place_a_new_item_scores_it_as_its_like(model: OnlineRecommender, snapshot: Any, settings: Make, told: Make) -> None:
    items = load_catalog(snapshot, settings())
    counted = OnlineRecommender.from_model(
        replace(model.learned, ranker=Opaque(CoOccurrence.fit(TrainingData(chained(told, model), model.learned.vocabulary))))
    )
    grown = counted.with_catalog(pl.concat([items, like(items, "i13", "late")]), settings())
    history = told(("x", "i11", 1), ("x", "i12", 2))
    found = names(grown.recommend(history, 100))
    assert found.index("late") < 10
    assert [each for each in found if each != "late"] == names(counted.recommend(history, 100))


def test_an_item_similar_to_no_other_gets_the_lowest_score(model: OnlineRecommender, snapshot: Any, settings: Make, told: Make) -> None:
    items = load_catalog(snapshot, settings())
    data = TrainingData(chained(told, model), model.learned.vocabulary)
    counted = OnlineRecommender.from_model(replace(model.learned, ranker=Opaque(CoOccurrence.fit(data))))
    odd = items.head(1).with_columns(item=pl.lit("odd"), label=pl.lit(None, pl.String), family=pl.lit(None, pl.String), cost=pl.lit(None, pl.Float64))
    answer = counted.with_catalog(pl.concat([items, odd]), settings()).recommend(told(("x", "i11", 1)), 100)
    scores = {found.item: found.score for found in answer}
    assert scores["odd"] == min(scores.values())


def test_many_users_are_answered_as_each_would_be(with_catalog: OnlineRecommender, told: Make) -> None:
    histories = told(("x", "i10", 1), ("x", "i11", 2), ("y", "i30", 1), ("z", "never seen", 1))
    found = with_catalog.recommend_batch(histories, 4)
    assert list(found) == ["x", "y"]
    for user in found:
        alone = with_catalog.recommend(histories.filter(pl.col("user") == user), 4)
        assert names(found[user]) == names(alone)
        assert [each.score for each in found[user]] == pytest.approx([each.score for each in alone], rel=1e-5)
    assert with_catalog.recommend_batch(told(), 4) == {}


@pytest.mark.parametrize("repeats", [True, False])
def test_a_history_is_numbered_as_the_trainer_numbers_it(model: OnlineRecommender, told: Make, repeats: bool) -> None:
    again = told(("x", "i11", 4), ("x", "i11", 5)).with_columns(kind=pl.Series(["buy", None]), weight=pl.Series([3.0, 1.0]))
    odd = told(("x", "strange", 6), ("x", "i11", 7), ("y", "strange", 1), ("z", "i12", 1, False), ("z", "i12", 2), ("z", "i12", 3))
    history = pl.concat([told(("x", "i10", 1), ("x", "strange", 2), ("x", "i11", 3)), again, odd])
    vocabulary = model.learned.vocabulary
    ours, right = (
        encode_histories(history, model.item_numbers, vocabulary.kinds, repeats=repeats),
        build_sequences(history if repeats else collapse_repeats(history), vocabulary),
    )
    for name in ("items", "kinds", "times", "weights", "ordered", "starts"):
        assert np.array_equal(getattr(ours, name), getattr(right, name)), name


def test_nobody_s_history_is_numbered_as_nothing(model: OnlineRecommender, told: Make) -> None:
    assert len(encode_histories(told(), model.item_numbers, ())) == 0
    assert encode_histories(told(("x", "strange", 1)), model.item_numbers, ()).starts.tolist() == [0, 0]


class Near:
    """A ranker whose items and users lie on a circle."""

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
def test_an_index_gives_what_scoring_everything_gives(count: int, hidden: set[int], events: int) -> None:
    rng = np.random.default_rng(events)
    starts, ones = np.array([0, 1, 1 + events]), np.ones(1 + events, np.int64)
    histories = Sequences(rng.integers(0, 40, 1 + events), ones, ones, ones.astype(np.float32), ones.astype(np.bool_), starts)
    shown = np.array([item not in hidden for item in range(40)])
    some, right = (each.retrieve(histories, shown, count) for each in (AnnRetriever(Near(), ExactIndex(Near.item_embeddings)), ExhaustiveRetriever(Near())))
    for user in range(2):
        found = right[0][user][right[0][user] >= 0]
        assert np.array_equal(some[0][user][some[0][user] >= 0], found)
        assert not set(found) & (hidden | set(histories.items[starts[user] : starts[user + 1]].tolist()))


class Liked:
    """A ranker that calls for a few items, whoever asks."""

    scores = np.where(np.arange(40) % 7 == 0, np.arange(40), 0).astype(np.float32)

    def score(self, histories: Sequences) -> Floats:
        return np.tile(self.scores, (len(histories), 1))

    def to_arrays(self) -> Any:
        return {}


@given(st.integers(20, 45), st.sets(st.integers(0, 39), max_size=25), st.sampled_from([(1.0, 0.3), (0.5, 2.0), (1.0, 0.0)]))
def test_an_indexed_blend_that_asks_each_part_for_all_gives_what_scoring_everything_gives(count: int, hidden: set[int], weights: tuple[float, float]) -> None:
    blend = Blend({"two_tower": Near(), "liked": Liked()}, dict(zip(("two_tower", "liked"), weights, strict=True)))
    ones = np.ones(4, np.int64)
    histories = Sequences(np.array([3, 9, 30, 14]), ones, ones, ones.astype(np.float32), ones.astype(np.bool_), np.array([0, 1, 4]))
    shown = np.array([item not in hidden for item in range(40)])
    (some, found), (right, scores) = (
        each.retrieve(histories, shown, count) for each in (build_retriever(blend, max_exact_items=39), ExhaustiveRetriever(blend))
    )
    assert np.array_equal(some, right)
    for user in range(2):
        known = right[user] >= 0
        apart = found[user][known] - scores[user][known]
        assert apart == pytest.approx(np.full(known.sum(), apart[0] if known.any() else 0), abs=1e-4)


def test_a_blend_of_few_items_is_scored_exactly() -> None:
    assert isinstance(build_retriever(Blend({"two_tower": Near()}, {"two_tower": 1.0})), ExhaustiveRetriever)


def test_an_answer_takes_one_thread_and_gives_the_others_back() -> None:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(2)
    with limit_to_one_thread():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 2
    torch.set_num_threads(before)
