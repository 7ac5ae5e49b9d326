from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from recommender.data.interactions import load_interactions
from recommender.evaluation.holdout import find_cutoff, split_holdout

Make = Callable[..., Any]

INTERACTION_ROWS = st.lists(st.tuples(st.sampled_from("uvw"), st.sampled_from("abcde"), st.integers(0, 40), st.booleans()), max_size=40)


@given(INTERACTION_ROWS, st.integers(0, 40))
def test_nothing_from_the_cut_on_is_trained_on(make_interactions: Make, rows: list[Any], hour: int) -> None:
    events = make_interactions(*rows).sort("user", "ordered", "time", maintain_order=True)
    cut = make_interactions(("u", "a", hour))["time"][0]
    held = split_holdout(events, cut)
    assert (held.train["time"] < cut).all()
    assert set(held.train.select("user", "item").rows()) == set(events.filter(pl.col("time") < cut).select("user", "item").rows())


@given(INTERACTION_ROWS, st.integers(0, 40))
def test_each_target_is_new_to_its_user_and_has_a_history_before_it(make_interactions: Make, rows: list[Any], hour: int) -> None:
    events = make_interactions(*rows).sort("user", "ordered", "time", maintain_order=True)
    held = split_holdout(events, make_interactions(("u", "a", hour))["time"][0])
    users = held.targets["user"].to_list()
    assert held.histories["user"].unique(maintain_order=True).to_list() == users
    for user, item, _ in held.targets.iter_rows():
        history = held.histories.filter(user=user)
        assert item not in history["item"].to_list()
        met = events.filter((pl.col("user") == user) & (pl.col("item") == item) & pl.col("ordered"))["time"].min()
        assert (history.filter("ordered")["time"] <= met).all()


def test_the_newest_new_item_is_asked_for_and_later_repeats_are_not(make_interactions: Make) -> None:
    events = make_interactions(("u", "a", 1), ("u", "b", 11), ("u", "c", 12), ("u", "a", 13), ("v", "a", 11), ("v", "b", 12), ("w", "a", 12))
    held = split_holdout(events, make_interactions(("u", "a", 10))["time"][0])
    assert held.targets.rows() == [("u", "c", False), ("v", "b", True)]
    assert held.histories.select("user", "item").rows() == [("u", "a"), ("u", "b"), ("v", "a")]


def test_items_of_unknown_order_are_never_asked_for_nor_told_from_after_the_cut(make_interactions: Make) -> None:
    events = make_interactions(("u", "a", 1, False), ("u", "b", 11, False), ("u", "c", 12))
    held = split_holdout(events, make_interactions(("u", "a", 10))["time"][0])
    assert held.targets["item"].to_list() == ["c"]
    assert held.histories["item"].to_list() == ["a"]


def test_the_cut_is_the_span_before_the_newest_event_that_is_believed(make_interactions: Make) -> None:
    events = make_interactions(("u", "a", 1), ("u", "b", 30), ("u", "c", 900))
    hour = timedelta(hours=1)
    assert find_cutoff(events, 2 * hour, None) == events["time"][2] - 2 * hour
    assert find_cutoff(events, 2 * hour, events["time"][1] + hour) == events["time"][1] - 2 * hour
    assert find_cutoff(events.clear(), 2 * hour, None) is None


def test_a_hold_out_can_be_cut_again(snapshot: Any, settings: Make) -> None:
    events = load_interactions(snapshot, settings(), ("e1", "c1"))
    cut = find_cutoff(events, timedelta(days=2), None)
    assert cut is not None
    assert split_holdout(events, cut).targets.equals(split_holdout(events, cut).targets)
    assert split_holdout(events, cut).targets.height > 100
