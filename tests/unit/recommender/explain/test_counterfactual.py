"""An item that depends on one past item says so, and none does where others say the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from recommender.explain.counterfactual import needed_items
from recommender.serving.online_recommender import OnlineRecommender

Make = Callable[..., Any]


@pytest.fixture(scope="module")
def model(trained: Any) -> OnlineRecommender:
    return OnlineRecommender.load(trained)


def names(model: OnlineRecommender, history: pl.DataFrame, k: int) -> list[str]:
    return [entry.item for entry in model.recommend(history, k)]


def test_an_item_is_no_longer_shown_without_the_past_item_that_it_needs(model: OnlineRecommender, make_interactions: Make) -> None:
    history = make_interactions(("x", "i10", 1), ("x", "i30", 2), ("x", "i30", 3), ("x", "i50", 4))
    needed = needed_items(model, history, 4)
    assert list(needed) == names(model, history, 4)
    assert any(needed.values())
    for item, past in needed.items():
        for left_out in ("i10", "i30", "i50"):
            rest = names(model, history.filter(pl.col("item") != left_out), 4)
            assert (item not in rest) == (left_out in past), "exact, in both directions"


def test_an_item_that_the_model_does_not_know_is_needed_by_none(model: OnlineRecommender, make_interactions: Make) -> None:
    history = make_interactions(("x", "i10", 1), ("x", "unknown", 2))
    single = needed_items(model, history, 1)
    assert list(single.values()) == [("i10",)]


def test_who_has_no_history_needs_nothing(model: OnlineRecommender, make_interactions: Make) -> None:
    assert set(needed_items(model, make_interactions(), 3).values()) == {()}
