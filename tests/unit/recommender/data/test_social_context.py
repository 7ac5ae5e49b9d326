from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from recommender.data.interactions import load_interactions
from recommender.data.sequences import MAX_SOCIAL_ITEMS, Vocabulary, build_sequences
from recommender.data.social_context import collect_social_interactions, load_relations
from recommender.data.training_data import TrainingData
from recommender.evaluation.holdout import split_holdout
from recommender.serving.encode_history import encode_histories
from recommender.two_tower.model import TwoTowerModel
from sluice.domain import RUN
from sluice.errors import ModelError

Make = Callable[..., Any]

START = datetime(2026, 3, 1, tzinfo=UTC)
PAIRS = pl.DataFrame({"user": ["x", "y", "new"], "other": ["y", "x", "y"]})
KNOWS = {"dataset": "friends", "user": "one", "related_user": "another"}


def test_what_people_around_had_met_before_a_user_came_is_told_and_nothing_later(make_interactions: Make) -> None:
    events = make_interactions(("x", "c", 5), ("y", "a", 1), ("y", "b", 2), ("y", "a", 3), ("y", "d", 6))
    social = collect_social_interactions(events, PAIRS)
    assert social.select("user", "item").rows() == [("new", "b"), ("new", "a"), ("new", "d"), ("x", "b"), ("x", "a")]
    assert social["weight"].unique().to_list() == [0]
    assert not social["ordered"].any()
    assert social.schema == events.schema


def test_only_the_newest_few_are_told(make_interactions: Make) -> None:
    events = make_interactions(*(("y", f"i{hour:02}", hour) for hour in range(MAX_SOCIAL_ITEMS + 5)))
    assert collect_social_interactions(events, PAIRS).filter(pl.col("user") == "x")["item"].to_list() == [
        f"i{hour:02}" for hour in range(5, MAX_SOCIAL_ITEMS + 5)
    ]


def test_as_numbers_they_stand_apart_from_what_is_a_users_own(make_interactions: Make) -> None:
    events = make_interactions(("x", "c", 5), ("y", "a", 1), ("y", "b", 2))
    every = pl.concat([collect_social_interactions(events, PAIRS), events]).sort("user", pl.col("weight") > 0, maintain_order=True)
    vocabulary = Vocabulary(("a", "b", "c"), ("look",))
    for sequences in (build_sequences(every, vocabulary), encode_histories(every, {"a": 0, "b": 1, "c": 2}, ("look",))):
        assert sequences.items.tolist() == [2, 0, 1]
        assert sequences.starts.tolist() == [0, 0, 1, 3]
        assert sequences.social_items is not None
        assert sequences.social_items.tolist() == [[0, 1], [0, 1], [-1, -1]]
        assert sequences.select_users(np.array([2, 1])).social_items.tolist() == [[-1, -1], [0, 1]]  # type: ignore[union-attr]
    assert build_sequences(events, vocabulary).social_items is None


def knowing(snapshot: Any, shop: Make, chain: Make, pairs: list[tuple[str, str]]) -> Any:
    table = pl.DataFrame(pairs, schema={"one": pl.String, "another": pl.String}, orient="row")
    base = shop(chain())
    return type(base)({**base.tables, "friends": table}, base.run_records)


def test_they_are_read_with_the_interactions_of_all_and_of_one(snapshot: Any, shop: Make, chain: Make, settings: Make) -> None:
    published = knowing(snapshot, shop, chain, [("u100", "u000"), ("stranger", "u001"), ("u100", "u100")])
    config = settings(relations=KNOWS)
    every, one, stranger = (
        load_interactions(published, config),
        load_interactions(published, config, user="u100"),
        load_interactions(published, config, user="stranger"),
    )
    light = pl.col("weight") == 0
    assert every.filter(pl.col("user") == "u100").equals(one)
    assert every.filter(pl.col("user") == "stranger").equals(stranger)
    assert stranger.filter(light).height == stranger.height > 0
    assert one.filter(~light).equals(load_interactions(published, settings(), user="u100"))
    assert load_relations(published, settings()).is_empty()
    with pytest.raises(ModelError, match="friends have no column nobody"):
        load_interactions(published, settings(relations=KNOWS | {"related_user": "nobody"}))


def test_an_item_that_people_around_had_met_may_still_be_what_a_user_meets_first(make_interactions: Make) -> None:
    events = make_interactions(("x", "b", 5), ("x", "a", 9), ("y", "a", 1))
    every = pl.concat([collect_social_interactions(events, PAIRS), events]).sort("user", pl.col("weight") > 0, maintain_order=True)
    held = split_holdout(every, START + timedelta(hours=7))
    assert held.targets.select("user", "item", "new_user").rows() == [("x", "a", False)]
    assert held.histories.filter(pl.col("weight") > 0)["item"].to_list() == ["b"]


def test_a_user_who_has_met_nothing_is_served_by_the_people_around_them(make_interactions: Make) -> None:
    rng = np.random.default_rng(0)
    rows = [(f"u{user:03}", f"i{10 * (user % 4) + item}", 100 * (user // 4) + step) for user in range(80) for step, item in enumerate(rng.permutation(10)[:6])]
    events = make_interactions(*((user, item, hour) for user, item, hour in rows))
    pairs = pl.DataFrame({"user": [f"u{user:03}" for user in range(4, 80)], "other": [f"u{user:03}" for user in range(76)]})
    vocabulary = Vocabulary(tuple(sorted({f"i{number}" for number in range(40)})), ("look",))
    every = pl.concat([collect_social_interactions(events, pairs), events]).sort("user", pl.col("weight") > 0, maintain_order=True)
    towers = TwoTowerModel.fit(TrainingData(build_sequences(every, vocabulary), vocabulary, dimensions=16, epochs=30))
    histories = collect_social_interactions(events, pl.DataFrame({"user": ["new 1", "new 2"], "other": ["u077", "u078"]}))
    scores = towers.score(build_sequences(histories, vocabulary))
    clique = np.array([int(item[1:]) // 10 for item in vocabulary.items])
    for user, own in enumerate((1, 2)):
        best = np.argsort(-scores[user])[:6]
        assert (clique[best] == own).mean() > 0.8


def test_what_a_shut_run_said_of_who_knows_whom_is_not_learned_from(snapshot: Any, shop: Make, chain: Make, settings: Make) -> None:
    published = knowing(snapshot, shop, chain, [("u100", "u000"), ("u101", "u001")])
    friends = published.tables["friends"].with_columns(pl.Series(RUN, ["f1", "f2"]))
    opened, shut = (replace(published.run_records[0], id=name, dataset="friends", decision=decision) for name, decision in (("f1", "open"), ("f2", "closed")))
    judged = type(published)({**published.tables, "friends": friends}, [*published.run_records, opened, shut])
    assert load_relations(judged, settings(relations=KNOWS), ("e1",))["user"].to_list() == ["u000", "u100"]
    assert load_relations(judged, settings(relations=KNOWS))["user"].len() == 4
