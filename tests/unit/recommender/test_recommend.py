from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import polars as pl
import pytest

from recommender.recommend import Recommender, answer

Make = Callable[..., Any]


@pytest.fixture(scope="module")
def model(trained: Any) -> Recommender:
    return Recommender.load(trained)


def names(found: Any) -> list[str]:
    return [each.item for each in found]


def test_the_next_of_the_chain_comes_first(model: Recommender, told: Make) -> None:
    found = model.recommend(told(("x", "i10", 1), ("x", "i11", 2), ("x", "i12", 3)), 3)
    assert "i13" in names(found)
    assert len(found) == 3
    assert all(first.score >= second.score for first, second in pairwise(found))


def test_a_new_event_changes_the_next_answer(model: Recommender, told: Make) -> None:
    before = told(("x", "i10", 1), ("x", "i11", 2))
    assert names(model.recommend(before)) != names(model.recommend(pl.concat([before, told(("x", "i40", 3))])))


def test_nothing_already_met_or_excluded_is_recommended(model: Recommender, told: Make) -> None:
    history = told(("x", "i10", 1), ("x", "i11", 2))
    best = model.recommend(history, 1)[0].item
    found = names(model.recommend(history, 100, exclude=[best]))
    assert len(found) == len(set(found)) == 61 - 3
    assert not {"i10", "i11", best} & set(found)
    assert names(model.recommend(history, 5, among=["i30", "i31", "i10"])) in (["i30", "i31"], ["i31", "i30"])


def test_unknown_items_are_ignored(model: Recommender, told: Make) -> None:
    known = told(("x", "i10", 1), ("x", "i11", 2))
    assert model.recommend(pl.concat([told(("x", "never seen", 0)), known])) == model.recommend(known)


def test_an_empty_or_unknown_history_is_answered_with_what_is_popular(model: Recommender, told: Make) -> None:
    assert model.recommend(told(), 5) == model.popular(5)
    assert model.recommend(told(("x", "never seen", 0)), 5) == model.popular(5)
    assert names(model.recommend(told(), 5, exclude=names(model.popular(2)))) == names(model.popular(5))[2:] + names(model.popular(7))[5:]


def test_a_user_is_answered_from_the_published_past_with_titles(past: Any, settings: Make, trained: Any) -> None:
    found = answer(past, settings(), trained, "u003", 5)
    assert found.note == ""
    assert len(found.items) == 5
    assert all(each.title == f"The {each.item}" for each in found.items)


def test_an_unknown_user_gets_the_popular_ones_and_is_told_so(past: Any, settings: Make, trained: Any) -> None:
    found = answer(past, settings(), trained, "nobody", 5)
    assert "unknown" in found.note
    assert found.items == answer(past, settings(), trained, None, 5).items
    assert answer(past, settings(), trained, None, 5).note == ""


def test_only_what_the_catalog_still_holds_is_recommended(shop: Make, chain: Make, settings: Make, trained: Any, past: Any) -> None:
    first = answer(past, settings(), trained, "u003", 1).items[0].item
    sold_out = shop(chain(), past.clean("goods").filter(pl.col("what") != first).collect())
    assert first not in names(answer(sold_out, settings(), trained, "u003", 10).items)


def test_without_a_catalog_there_are_no_titles(shop: Make, chain: Make, settings: Make, trained: Any) -> None:
    found = answer(shop(chain(), pl.DataFrame()), settings(), trained, "u003", 3)
    assert [each.title for each in found.items] == [None] * 3
    assert len(found.items) == 3
