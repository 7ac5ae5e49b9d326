"""Rules that every answer keeps: what is never in one, what is pinned, and what may come again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.data.interactions import load_catalog, load_interactions
from recommender.data.sequences import Sequences
from recommender.explain.explanation import Language
from recommender.serving.answer import AnswerItem
from recommender.serving.answer_rules import AnswerRules, barred_rows, note_first, pin
from recommender.serving.lists import ListMaker
from recommender.serving.online_recommender import OnlineRecommender
from recommender.similar import find_similar
from sluice.config.answers import Answers
from sluice.domain import Message
from sluice.errors import UsageError
from sluice.messages import render
from sluice.serving.answering import best_items

Make = Callable[..., Any]
AT = datetime(2026, 3, 11, 12, tzinfo=UTC)
NAMED = "recommended_as_pinned"
PINNED = {"item": "i40", "position": 2, "begins": "2026-03-10", "ends": "2026-03-12"}


@pytest.fixture(scope="module")
def model(trained: Any) -> OnlineRecommender:
    return OnlineRecommender.load(trained)


def on(model: OnlineRecommender, snapshot: Any, settings: Make, **answers: Any) -> OnlineRecommender:
    configured = settings(answers=answers)
    return model.with_catalog(load_catalog(snapshot, configured), configured)


def names(answer: Any) -> list[str]:
    return [entry.item for entry in answer]


def test_a_row_is_barred_where_all_conditions_of_a_rule_hold() -> None:
    items = pl.DataFrame({"item": ["a", "b", "c", "d"], "stock": [0, 4, None, 9], "kind": ["Wine", "wine", "tea", None]})
    assert barred_rows(items, Answers(never=("stock<=0", ("kind=wine", "stock>3")))).tolist() == [True, True, False, False]
    with pytest.raises(UsageError, match="no column stok; did you mean stock"):
        barred_rows(items, Answers(never=("stok<=0",)))


def test_what_is_never_answered_is_in_no_answer(model: OnlineRecommender, snapshot: Any, settings: Make, make_interactions: Make) -> None:
    history = make_interactions(("x", "i12", 1), ("x", "i13", 2))
    plain, ruled = on(model, snapshot, settings), on(model, snapshot, settings, never=["family=family 2"])
    barred = {f"i{number}" for number in range(12, 18)}
    assert barred & {*names(plain.recommend(history, 5))}
    lists = ListMaker(ruled, 60, AT).lists(history)["item"].to_list()
    for answer in (names(ruled.recommend(history, 60)), names(ruled.recommend_popular(60)), names(find_similar(ruled, "i12", 60)), lists):
        assert answer
        assert not barred & {*answer}


def test_a_pinned_item_has_its_position_in_its_time(model: OnlineRecommender, snapshot: Any, settings: Make, make_interactions: Make) -> None:
    history = make_interactions(("x", "i12", 1))
    ruled = on(model, snapshot, settings, always=[PINNED])
    answer = ruled.recommend(history, 4, at=AT)
    assert (answer[1].item, answer[1].pinned, len(answer)) == ("i40", True, 4)
    assert ruled.recommend_popular(3, at=AT)[1].item == "i40"
    lists = ListMaker(ruled, 4, AT).lists(history)
    assert lists["item"].to_list() == names(answer)
    assert lists["reason"][1] == "recommended_as_pinned"
    assert ruled.recommend(history, 4, at=AT + timedelta(days=1)) == on(model, snapshot, settings).recommend(history, 4, at=AT + timedelta(days=1))
    assert "i40" not in names(ruled.recommend(history, 4, at=AT, among=["i13", "i14"]))
    blocked = on(model, snapshot, settings, always=[PINNED], never=["family=family 6"])
    assert "i40" not in names(blocked.recommend(history, 60, at=AT))


def test_an_item_may_come_again_after_its_time(model: OnlineRecommender, snapshot: Any, settings: Make, make_interactions: Make) -> None:
    ruled = on(model, snapshot, settings, again=[{"where": "family=family 2", "after": "5d"}])
    history = make_interactions(("x", "i12", 1), ("x", "i20", 2), ("x", "i13", 24 * 8))
    answer = names(ruled.recommend(history, 60, at=AT))
    assert "i12" in answer
    assert not {"i13", "i20"} & {*answer}, "three days ago, and of another family"
    assert ListMaker(ruled, 60, AT).lists(history)["item"].to_list() == answer


def test_conditions_and_ids_select_together(model: OnlineRecommender, snapshot: Any, settings: Make) -> None:
    served = on(model, snapshot, settings)
    selected = served.catalog.select(["family=family 2"])
    assert {*names(served.recommend_popular(60, among=selected))} == {f"i{number}" for number in range(12, 18)}
    assert served.catalog.select(["what=i12"]).sum() == 1, "the shop's own name of the key"


def test_the_last_event_of_an_item_counts() -> None:
    rules = AnswerRules(waits=np.array([100.0, np.inf, 0.0], np.float32))
    histories = Sequences.from_lists([[0, 1, 0, 2], [0]])
    assert rules.left_out(histories, datetime.fromtimestamp(101, UTC)).items.tolist() == [0, 1, 0]
    assert rules.left_out(histories, datetime.fromtimestamp(102, UTC)).items.tolist() == [1]
    assert AnswerRules().left_out(histories, AT) is histories


@given(st.integers(0, 6), st.lists(st.tuples(st.integers(0, 9), st.integers(1, 8)), max_size=4, unique_by=(lambda pair: pair[0], lambda pair: pair[1])))
def test_pinned_items_are_where_they_are_to_be_and_none_is_there_twice(length: int, pins: list[tuple[int, int]]) -> None:
    answer = [AnswerItem(str(number), float(-number)) for number in range(length)]
    ordered = sorted(pins, key=lambda pair: pair[1])
    merged = names(pin(answer, [AnswerItem(str(item), 0.0, pinned=True) for item, _ in ordered], [position for _, position in ordered], 6))
    assert len(merged) == len({*merged}) <= 6
    assert all(merged[position - 1] == str(item) for item, position in ordered if position <= min(length - len(pins), 6))


def test_the_history_of_the_shop_is_answered_with_all_rules_at_once(model: OnlineRecommender, snapshot: Any, settings: Make) -> None:
    ruled = on(model, snapshot, settings, always=[PINNED], never=["family=family 0"], again=[{"where": "cost>0", "after": "1d"}])
    events = load_interactions(snapshot, settings()).filter(pl.col("user") < "u004")
    lists = ListMaker(ruled, 6, AT).lists(events)
    for user in ("u000", "u003"):
        alone = ruled.recommend(events.filter(pl.col("user") == user), 6, at=AT)
        assert lists.filter(pl.col("user") == user)["item"].to_list() == names(alone)


def test_an_item_is_pinned_in_the_answers_that_its_rule_names(model: OnlineRecommender, snapshot: Any, settings: Make, make_interactions: Make) -> None:
    ruled = on(model, snapshot, settings, always=[{**PINNED, "answers": ["similar", "search"]}])
    history = make_interactions(("x", "i12", 1), ("x", "i13", 2))
    assert "i40" not in names(ruled.recommend(history, 3, at=AT))
    similar = find_similar(ruled, "i12", 3, at=AT, language="zh")
    assert (similar[1].item, similar[1].pinned, similar[1].code) == ("i40", True, "recommended_as_pinned")
    assert "i40" not in names(find_similar(ruled, "i12", 3, at=AT, among=["i13", "i14"])), "conditions hold"
    assert "i40" not in names(find_similar(ruled, "i40", 3, at=AT)), "nothing is similar to itself"
    assert "i40" not in names(find_similar(on(model, snapshot, settings, always=[PINNED]), "i12", 3, at=AT)), "recommendations alone unless named"


def test_lists_of_all_users_keep_conditions(model: OnlineRecommender, snapshot: Any, settings: Make, make_interactions: Make) -> None:
    plain = on(model, snapshot, settings)
    histories = make_interactions(("x", "i12", 1), ("x", "i13", 2), ("y", "unknown", 1))
    rows = ListMaker(plain, 4, AT, plain.catalog.select(["family=family 2"])).lists(histories)
    assert rows["user"].unique().sort().to_list() == ["x", "y"]
    assert set(rows["item"]) <= {f"i{number}" for number in range(12, 18)}
    assert rows.filter(user="x")["item"].to_list() == names(plain.recommend(histories.filter(user="x"), 4, among=plain.catalog.select(["family=family 2"])))


def test_the_shops_own_note_stands_before_the_reason(model: OnlineRecommender, snapshot: Any, settings: Make, make_interactions: Make) -> None:
    local = {"where": "family=family 2", "note": {"en": "Made here.", "zh": "本地制造。"}}
    other = {"where": ["family=family 2", "cost>0"], "note": "never read, since the first one fits"}
    ruled = on(model, snapshot, settings, notes=[local, other], always=[{**PINNED, "note": "Our choice.", "answers": ["recommend", "similar"]}])
    plain = on(model, snapshot, settings)
    history = make_interactions(("x", "i11", 1), ("x", "i12", 2))
    spoken: list[tuple[Language, str]] = [("en", "Made here. "), ("zh", "本地制造。")]
    for language, note in spoken:
        noted, bare = (best_items(one, history, 20, ["i13", "i20", "i40"], AT, language) for one in (ruled, plain))
        reasons = {entry.item: entry.reason for entry in bare}
        expected = {"i13": note + reasons["i13"], "i20": reasons["i20"], "i40": note_first("Our choice.", render(Message.of(NAMED), language), language)}
        assert {entry.item: entry.reason for entry in noted} == expected
    similar = {entry.item: entry.reason for entry in find_similar(ruled, "i12", 3, at=AT)}
    assert similar["i13"].startswith("Made here. ")
    assert similar["i40"].startswith("Our choice. ")
