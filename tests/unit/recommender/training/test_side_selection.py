"""Attributes of users and context are read where validation gains, and only there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from recommender.artifact.serialization import deserialize
from recommender.data.interactions import load_interactions
from recommender.data.side_columns import load_users
from recommender.evaluation.trusted_holdout import load_training_holdout
from recommender.promotion.compare import compare
from recommender.serving.lists import ListMaker
from recommender.serving.online_recommender import OnlineRecommender
from recommender.training.trainer import RecommenderTrainer
from sluice.config.users import Users
from sluice.domain import ACTION, ROW, RUN

Make = Callable[..., Any]
RUNS = ("e1", "c1", "p1")
START, ITEMS, PEOPLE = pl.datetime(2026, 3, 1, time_zone="UTC"), 60, 300


def log(seed: int = 0, *, drawn: bool = True) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Events in which people of one team and device choose within a sixth of the items, and people; not `drawn`: choices are independent of both."""
    rng = np.random.default_rng(seed)
    teams = rng.integers(3, size=PEOPLE)
    rows = []
    for person in range(PEOPLE):
        for step in range(8):
            device = int(rng.integers(2))
            group = int(teams[person]) * 2 + device if drawn else int(rng.integers(6))
            rows.append((f"u{person:03}", f"i{group * 10 + int(rng.integers(10)):02}", (step + rng.uniform(0, 0.9)) * 30 * 3600, f"d{device}", "look"))
    events = pl.DataFrame(rows, schema=["who", "what", "seconds", "device", "did"], orient="row")
    stamped = events.with_columns(when=(START + pl.duration(microseconds=(pl.col("seconds") * 1e6).cast(pl.Int64)))).drop("seconds")
    stamped = stamped.with_columns(page=pl.format("/item/{}", "what"))
    people = pl.DataFrame(
        {"person": [f"u{n:03}" for n in range(PEOPLE)], "team": [f"team {team}" for team in teams], "mail": [f"{n}@x" for n in range(PEOPLE)]}
    )
    return _published(stamped, "e1"), _published(people, "p1")


def _published(rows: pl.DataFrame, run: str) -> pl.DataFrame:
    return rows.with_row_index(ROW).with_columns(pl.format(f"{run}.{{}}", ROW).alias(ROW), pl.lit("keep").alias(ACTION), pl.lit(run).alias(RUN))


@pytest.fixture(name="learned", scope="module")
def _learned(shop: Make, settings: Make) -> tuple[Any, Any, Any]:
    snapshot, chosen = described(shop, settings)
    return snapshot, chosen, RecommenderTrainer(chosen, RUNS).train(snapshot, seed=0)


def described(shop: Make, settings: Make, *, drawn: bool = True, **changes: Any) -> tuple[Any, Any]:
    """A shop whose customers and events are described, and the settings that name both."""
    events, people = log(drawn=drawn)
    held = shop(events)
    names = {"users": Users(dataset="people", user="person", columns=("team", "mail")), "context": ("device", "page", "hour"), "epochs": 12}
    return replace(held, tables={**held.tables, "people": people}), settings(holdout=timedelta(days=1), **(names | changes))


def columns(card: Any) -> dict[str, Any]:
    return {entry["column"]: entry for entry in card["side"]["columns"]}


def test_what_foretells_choices_is_read_and_what_does_not_is_left_out_with_its_reason(learned: tuple[Any, Any, Any]) -> None:
    artifact = learned[2]
    entries = columns(artifact.card)
    assert entries["context.device"]["kept"]
    assert entries["context.device"]["gave"] > 0.02
    assert entries["user.mail"]["reason"] == "side_column_says_nothing"
    assert entries["context.page"]["reason"] == "side_column_names_item"
    assert artifact.card["side"]["with"] > artifact.card["side"]["without"]
    side = deserialize(artifact.tensors).side
    assert side is not None
    assert set(side.columns) == {name for name, entry in entries.items() if entry["kept"]}


def test_requests_that_differ_in_context_get_other_items_and_one_without_gets_an_answer(learned: tuple[Any, Any, Any]) -> None:
    snapshot, settings, artifact = learned
    served = OnlineRecommender.load(artifact)
    history = load_interactions(snapshot, settings, RUNS, user="u000")
    answers = [[entry.item for entry in served.recommend(history, 10, side=side)] for side in (None, {"context.device": "d0"}, {"context.device": "d1"})]
    assert all(len(answer) == 10 for answer in answers)
    devices = [sum(int(item[1:]) // 10 % 2 for item in answer) for answer in answers[1:]]  # how many are of the second device's items
    assert devices[0] < devices[1]


def test_lists_read_the_attributes_of_their_users(learned: tuple[Any, Any, Any]) -> None:
    snapshot, settings, artifact = learned
    served, histories = OnlineRecommender.load(artifact), load_interactions(snapshot, settings, RUNS).head(40)
    people = load_users(snapshot, settings, RUNS)
    assert people is not None
    at = histories["time"].max()
    lists = ListMaker(served, 5, at, users=people).lists(histories)  # type: ignore[arg-type]  # the newest time
    person = histories["user"][0]
    side = people.filter(pl.col("user") == person).drop("user").row(0, named=True)
    single = served.recommend(histories.filter(pl.col("user") == person), 5, side=side)
    assert lists.filter(pl.col("user") == person)["item"].to_list() == [entry.item for entry in single]


def test_a_challenger_is_compared_with_the_answers_that_it_would_give(learned: tuple[Any, Any, Any]) -> None:
    snapshot, settings, artifact = learned
    holdout = load_training_holdout(artifact.card, snapshot, settings)
    comparison = compare(None, artifact, holdout, holdout, lambda: 0.0)
    assert comparison.same


def test_columns_that_foretell_nothing_leave_the_model_as_it_is_without_them(shop: Make, settings: Make) -> None:
    snapshot, named = described(shop, settings, drawn=False, epochs=2)
    artifact: Any = RecommenderTrainer(named, RUNS).train(snapshot, seed=0)
    plain: Any = RecommenderTrainer(named.model_copy(update={"users": None, "context": ()}), RUNS).train(snapshot, seed=0)
    assert {entry["reason"] for entry in columns(artifact.card).values()} >= {"side_column_gave_nothing"}
    assert artifact.tensors == plain.tensors
    assert "side" not in plain.card


def test_a_training_that_continues_reads_what_the_champion_reads(learned: tuple[Any, Any, Any]) -> None:
    snapshot, settings, first = learned
    second: Any = RecommenderTrainer(settings, RUNS).train(replace(snapshot, champion=first), seed=0)
    assert not second.card["start"]["full"]
    assert second.card["side"] == first.card["side"]
    before, after = deserialize(first.tensors).side, deserialize(second.tensors).side
    assert before is not None
    assert after is not None
    assert after.columns == before.columns


def test_without_two_tower_nothing_is_read(shop: Make, settings: Make) -> None:
    snapshot, named = described(shop, settings, models=("cooccurrence",))
    artifact: Any = RecommenderTrainer(named, RUNS).train(snapshot, seed=0)
    assert {entry["reason"] for entry in columns(artifact.card).values()} == {"side_column_unread"}
