"""Side columns: attributes of users and context, numbered without any value being stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from recommender.data.side_columns import context_values, normalize
from recommender.data.side_features import MIN_USERS, SideFeatures
from sluice.config import Recommender


def rows(**columns: Sequence[object]) -> pl.DataFrame:
    count = len(next(iter(columns.values())))
    named = {name.replace("__", "."): values for name, values in columns.items()}
    return pl.DataFrame({"user": [f"u{n}" for n in range(count)], "item": [f"i{n % 7}" for n in range(count)], **named})


def test_a_value_that_few_users_share_counts_as_none() -> None:
    features = SideFeatures.fit(rows(user__town=["Ulm"] * MIN_USERS + ["Bern"] * (MIN_USERS - 1) + ["Rom"] * MIN_USERS))
    numbers = features.encode(pl.DataFrame({"user.town": ["Ulm", "Bern", "Rom", None, "Oslo"]}))[:, 0]
    assert (numbers > 0).tolist() == [True, False, True, False, False]
    assert numbers[0] != numbers[2]


def test_one_user_with_many_events_makes_no_value_count() -> None:
    events = rows(user__town=["Ulm"] * 40 + ["Bern"] * 40).with_columns(user=pl.when(pl.col("user.town") == "Bern").then(pl.lit("ann")).otherwise("user"))
    assert not SideFeatures.fit(events).encode(pl.DataFrame({"user.town": ["Bern"]})).any()


def test_a_column_of_one_value_or_of_values_of_single_people_is_not_read() -> None:
    features = SideFeatures.fit(rows(user__shop=["one"] * 40, user__mail=[f"{n}@x" for n in range(40)]))
    assert features.columns == ()
    assert features.left_out == {"user.shop": "side_column_says_nothing", "user.mail": "side_column_says_nothing"}


def test_context_that_names_the_item_of_its_own_event_is_not_read() -> None:
    events = rows(context__page=["x"] * 210, context__device=["phone", "desk"] * 105).with_columns(pl.col("item").alias("context.page"))
    features = SideFeatures.fit(events)
    assert features.columns == ("context.device",)
    assert features.left_out == {"context.page": "side_column_names_item"}


def test_numbers_fall_into_quantiles_and_few_of_them_are_categories() -> None:
    ages = SideFeatures.fit(rows(user__age=[float(n) for n in range(200)]))
    assert len(np.unique(ages.encode(rows(user__age=[float(n) for n in range(200)])))) == 8
    assert ages.encode_values({"user.age": "17"}).tolist() == ages.encode(pl.DataFrame({"user.age": [17.0]})).tolist()
    assert not ages.encode_values({"user.age": "young"}).any()
    hours = SideFeatures.fit(rows(context__hour=[float(n % 24) for n in range(480)]))
    assert len(np.unique(hours.encode(rows(context__hour=[float(n) for n in range(24)])))) == 24
    assert hours.encode_values({"context.hour": "9"}).tolist() == hours.encode_values({"context.hour": 9.0}).tolist()


def test_what_is_stored_holds_no_value_and_numbers_alike() -> None:
    features = SideFeatures.fit(rows(user__town=["Reykjavik", "Ouagadougou"] * 20, user__age=[float(18 + n) for n in range(40)]))
    stored = features.to_arrays()
    assert b"eykjavik" not in b"".join(array.tobytes() for array in stored.values())
    requests = pl.DataFrame({"user.town": ["Reykjavik", None], "user.age": [20.0, 60.0]})
    assert SideFeatures.from_arrays(stored).encode(requests).tolist() == features.encode(requests).tolist()


@given(st.lists(st.one_of(st.none(), st.text(max_size=5), st.integers(0, 3).map(str)), min_size=1, max_size=60))
def test_one_request_is_numbered_as_its_row(values: list[str | None]) -> None:
    frame = rows(user__town=[None if value is None else normalize(value) for value in values]).with_columns(pl.col("user.town").cast(pl.String))
    features = SideFeatures.fit(pl.concat([frame] + [frame.with_columns(pl.col("user") + f"#{n}") for n in range(MIN_USERS)]))
    single = [features.encode_values({"user.town": value}).tolist()[0] for value in frame["user.town"]]
    assert features.encode(frame).tolist() == single


def test_a_request_names_what_it_knows_and_the_clock_the_rest() -> None:
    settings = Recommender(events="e", items="i", user="u", item="i", time="t", region="land", context=("device", "hour", "land"))
    at = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    assert context_values({}, settings, at) == {"context.hour": 9.0}
    assert context_values({"device": "PHONE ", "hour": 3}, settings, at, "North") == {"context.device": "phone", "context.hour": 3.0, "context.land": "north"}
