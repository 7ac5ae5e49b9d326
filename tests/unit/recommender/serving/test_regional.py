"""Visitors without a history get what is popular in their region, where that foretells what people there choose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from recommender.data.interactions import load_catalog, load_regions
from recommender.serving.online_recommender import OnlineRecommender
from recommender.serving.regional import RegionalPopularity
from sluice.config.load import read
from sluice.errors import ConfigError

Make = Callable[..., Any]
NUMBERS = {f"i{number:02}": number for number in range(60)}
START = datetime(2026, 3, 1, tzinfo=UTC)


def events(taste: float, seed: int = 0, count: int = 3000) -> pl.DataFrame:
    """Events of two regions, which choose from halves of the items as often as `taste` says, and otherwise from all."""
    rng = np.random.default_rng(seed)
    south = rng.integers(0, 2, count)
    own = rng.integers(0, 15, count) + 15 * south
    items = np.where(rng.random(count) < taste, own, rng.integers(0, 30, count))
    columns = {
        "user": [f"u{number}" for number in range(count)],
        "item": [f"i{number:02}" for number in items],
        "time": [START + timedelta(minutes=10 * step) for step in range(count)],
        "weight": np.ones(count),
        "region": ["south" if one else "north" for one in south],
    }
    return pl.DataFrame(columns)


def test_regions_that_differ_have_their_own_items() -> None:
    regional = RegionalPopularity.build(events(0.9), NUMBERS)
    assert sorted(regional.counts) == ["north", "south"]
    assert regional.gained > regional.lost
    assert {int(number) // 15 for number in np.argsort(-regional.counts["south"])[:10]} == {1}
    assert {int(number) // 15 for number in np.argsort(-regional.counts["north"])[:10]} == {0}


@pytest.mark.parametrize("seed", range(3))
def test_regions_that_foretell_nothing_are_left_out(seed: int) -> None:
    assert RegionalPopularity.build(events(0.0, seed), NUMBERS).counts == {}


def test_no_event_makes_no_region() -> None:
    assert RegionalPopularity.build(events(0.9).clear(), NUMBERS).counts == {}
    assert RegionalPopularity.build(events(0.9), {}).counts == {}


def test_a_region_with_few_events_gets_nearly_what_is_popular_everywhere() -> None:
    island = pl.DataFrame({"user": ["x"], "item": ["i59"], "time": [START], "weight": [1.0], "region": ["island"]}, schema=events(0.9).schema)
    counts = RegionalPopularity.build(pl.concat([events(0.9), island]), NUMBERS).counts["island"]
    assert counts.argmax() != 59
    assert np.count_nonzero(counts) == 31


def test_a_visitor_gets_the_items_of_the_region_and_a_user_with_a_history_their_own(
    trained: Any, snapshot: Any, settings: Make, make_interactions: Make
) -> None:
    number = pl.col("what").str.slice(1).cast(pl.Int64, strict=False)
    clicks = snapshot.tables["clicks"].with_columns(place=pl.when(number < 30).then(pl.lit("north")).otherwise(pl.lit("south")))
    there = type(snapshot)({**snapshot.tables, "clicks": clicks}, snapshot.run_records)
    configured = settings(region="place")
    model = OnlineRecommender.load(trained).with_catalog(load_catalog(there, configured), configured, regions=load_regions(there, configured))
    north, south, nowhere, everywhere = ([entry.item for entry in model.recommend_popular(8, region=region)] for region in ("north", "south", "mars", None))
    assert {*north} <= {f"i{number:02}" for number in range(30)}
    assert {*south} <= {f"i{number:02}" for number in range(30, 60)}
    assert nowhere == everywhere
    stranger, customer = make_interactions(("x", "nothing", 1)), make_interactions(("x", "i10", 1))
    assert [entry.item for entry in model.recommend(stranger, 8, region="south")] == south
    assert model.recommend(customer, 8, region="south") == model.recommend(customer, 8)
    plain = OnlineRecommender.load(trained).with_catalog(load_catalog(there, configured), configured)
    assert [entry.item for entry in plain.recommend_popular(8, region="south")] == everywhere, "without the setting nothing changes"
    assert load_regions(there, settings()) is None


def test_a_personal_column_is_no_region() -> None:
    text = b"""datasets:
  events: {source: {files: e*.csv}, columns: {user: {}, item: {}, ts: {type: timestamp}, address: {personal: true}}}
  items: {source: {files: i*.csv}, columns: {item: {}}}
recommender: {events: events, items: items, user: user, item: item, time: ts, region: address}
"""
    with pytest.raises(ConfigError, match="address of events is personal"):
        read(text, "sluice.yaml", {})
