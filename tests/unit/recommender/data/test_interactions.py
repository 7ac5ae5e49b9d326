from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.data.interactions import INTERACTIONS, collapse_repeats, load_catalog, load_interactions
from sluice.domain import ACTION, ROW, RUN, Run
from sluice.errors import ModelError

Make = Callable[..., Any]


def test_only_rows_of_the_open_runs_are_read(shop: Make, chain: Make, settings: Make) -> None:
    events = chain().with_columns(pl.when(pl.int_range(pl.len()) < 100).then(pl.lit("shut")).otherwise(pl.lit("e1")).alias(RUN))
    assert load_interactions(shop(events), settings(), ("e1",)).height == events.height - 100
    assert load_interactions(shop(events), settings(), ()).is_empty()
    assert load_interactions(shop(events), settings()).height == events.height


def test_kinds_weigh_what_is_configured_and_others_are_left_out(shop: Make, chain: Make, settings: Make) -> None:
    interactions = load_interactions(shop(chain()), settings(weights={"buy": 5}))
    assert interactions["kind"].unique().to_list() == ["buy"]
    assert interactions["weight"].unique().to_list() == [5.0]
    plain = load_interactions(shop(chain()), settings(kind=None, weights={}))
    assert plain["kind"].null_count() == plain.height > 0
    assert plain["weight"].unique().to_list() == [1.0]


def test_rows_come_by_user_and_time_those_of_unknown_order_first(shop: Make, chain: Make, settings: Make) -> None:
    events = (
        chain(users=3).reverse().with_columns(pl.when(pl.int_range(pl.len()) % 5 == 0).then(pl.lit("order_unknown")).otherwise(pl.lit("keep")).alias(ACTION))
    )
    interactions = load_interactions(shop(events), settings())
    assert interactions.equals(interactions.sort("user", "ordered", "time"))
    assert interactions.filter(~pl.col("ordered")).height == 10
    assert interactions.schema == INTERACTIONS


def test_rows_without_user_item_or_time_teach_nothing(shop: Make, chain: Make, settings: Make) -> None:
    events = chain(users=2)
    for column in ("who", "what", "when"):
        holes = events.with_columns(pl.when(pl.int_range(pl.len()) == 0).then(None).otherwise(pl.col(column)).alias(column))
        assert load_interactions(shop(holes), settings()).height == events.height - 1


def test_ids_may_be_numbers_and_times_days(shop: Make, chain: Make, settings: Make) -> None:
    events = chain(users=2).with_columns(pl.col("who").str.slice(1).cast(pl.Int64), pl.col("when").dt.date())
    interactions = load_interactions(shop(events), settings())
    assert interactions.height == events.height
    assert set(interactions["user"]) == {"0", "1"}


def test_nothing_published_is_nothing_to_learn_from(shop: Make, settings: Make) -> None:
    assert load_interactions(shop(pl.DataFrame()), settings()).is_empty()
    assert load_catalog(shop(pl.DataFrame(), pl.DataFrame()), settings()).columns == ["item"]


def test_a_lacking_column_is_named(shop: Make, chain: Make, settings: Make) -> None:
    with pytest.raises(ModelError, match="clicks have no column who"):
        load_interactions(shop(chain().drop("who")), settings())
    with pytest.raises(ModelError, match="goods have no column colour"):
        load_catalog(shop(chain()), settings(attributes=("colour",)))


def test_the_catalog_leaves_out_rows_of_closed_runs_but_not_old_ones(shop: Make, chain: Make, settings: Make) -> None:
    snapshot = shop(chain())
    items = snapshot.published("goods").collect().with_columns(pl.Series(RUN, ["shut", "old", *["c1"] * 59]))
    shut, old = (Run(name, "goods", "ingest", 0, snapshot.run_records[0].at, "published") for name in ("shut", "old"))
    runs = [*snapshot.run_records, replace(shut, decision="closed"), replace(old, decision="open")]
    catalog = load_catalog(type(snapshot)({"clicks": chain(), "goods": items}, runs), settings(), ("c1",))
    assert "i00" not in catalog["item"].to_list()
    assert "i01" in catalog["item"].to_list()


def test_an_item_of_several_rows_has_the_last_value_of_each_column(shop: Make, chain: Make, settings: Make) -> None:
    snapshot = shop(chain())
    items = snapshot.published("goods").collect()
    first, picture = items.head(1), items.head(1).with_columns(pl.lit("i00.2").alias(ROW), pl.lit(None, pl.String).alias("label"))
    catalog = load_catalog(type(snapshot)({"clicks": chain(), "goods": pl.concat([first, picture])}, snapshot.run_records), settings())
    assert catalog.rows() == load_catalog(snapshot, settings()).head(1).rows()


def test_a_row_of_another_store_view_gives_only_what_the_full_row_lacks(shop: Make, chain: Make, settings: Make) -> None:
    snapshot = shop(chain())
    full = snapshot.published("goods").collect().head(1)
    empty = [pl.lit(None, full.schema[name]).alias(name) for name in ("family", "cost")]
    view = full.with_columns(pl.lit("z.2").alias(ROW), pl.lit("Becher").alias("label"), *empty)
    catalog = load_catalog(type(snapshot)({"clicks": chain(), "goods": pl.concat([full, view])}, snapshot.run_records), settings())
    assert catalog.select("label", "family", "cost").row(0) == full.select("label", "family", "cost").row(0)


def test_repeats_become_one_interaction_of_the_strongest_kind(make_interactions: Make) -> None:
    events = make_interactions(("u", "a", 1), ("u", "a", 2), ("u", "b", 3), ("u", "a", 4), ("v", "a", 5)).with_columns(
        kind=pl.Series(["look", "buy", "look", "look", "look"]), weight=pl.Series([1.0, 3.0, 1.0, 1.0, 1.0])
    )
    collapsed = collapse_repeats(events)
    assert collapsed.select("user", "item", "kind", "weight").rows() == [
        ("u", "a", "buy", 3.0),
        ("u", "b", "look", 1.0),
        ("u", "a", "look", 1.0),
        ("v", "a", "look", 1.0),
    ]
    assert collapsed["time"][0] == events["time"][0]


@given(st.lists(st.tuples(st.sampled_from("uv"), st.sampled_from("abc")), max_size=30))
def test_collapsing_twice_changes_nothing_more(make_interactions: Make, rows: list[Any]) -> None:
    events = make_interactions(*((user, item, hour) for hour, (user, item) in enumerate(rows))).sort("user", "time")
    once = collapse_repeats(events)
    assert once.equals(collapse_repeats(once))
    assert set(once.select("user", "item").rows()) == set(events.select("user", "item").rows())


def test_one_user_may_be_asked_for(shop: Make, chain: Make, settings: Make) -> None:
    interactions: Any = load_interactions(shop(chain()), settings(), user="u007")
    assert interactions["user"].unique().to_list() == ["u007"]
    assert interactions["time"].max() - interactions["time"].min() > timedelta(days=8)


def test_the_catalog_may_name_its_items_otherwise_than_events(shop: Make, chain: Make, settings: Make) -> None:
    snapshot = shop(chain())
    renamed = snapshot.published("goods").collect().rename({"what": "sku"})
    catalog = load_catalog(type(snapshot)({"clicks": chain(), "goods": renamed}, snapshot.run_records), settings(item_key="sku"))
    assert catalog["item"].to_list() == load_catalog(snapshot, settings())["item"].to_list()
