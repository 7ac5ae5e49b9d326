"""Every kind of fault: deterministic, nothing at rate 0, and a truth that names exactly the rows that differ."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.domain import ROW
from sluice.faults import KINDS, TRAFFIC, TRUTH, Injection
from sluice.faults.files import drop_column, truncate
from sluice.faults.volumes import drop_hours

TIMES = ("at", "heard")
VISITORS = pl.DataFrame({"who": ["bot1", "bot2"], "visit": ["v1", "v2"]})
UNKNOWN = pl.DataFrame({"thing": ["x1", "x2"], "cost": [1.5, 2.5]})
VISITOR = ("who", "visit")
EVERY = {**KINDS, **TRAFFIC}
SETTINGS: Mapping[str, Mapping[str, object]] = {
    "redelivery": {},
    "double_submit": {"key": "name", "times": TIMES},
    "crawler": {"key": "name", "item": "thing", "times": TIMES, "visitors": VISITORS},
    "click_farm": {"key": "name", "item": "thing", "times": TIMES, "visitors": VISITORS},
    "clock_skew": {"time": "at", "by": "visit"},
    "future_timestamp": {"time": "at"},
    "orphan_reference": {"unknown": UNKNOWN},
    "wrong_user": {"column": "who"},
    "price_scale": {"column": "cost"},
    "wrong_currency": {"column": "money"},
    "negative_quantity": {"column": "count"},
    "decimal_comma": {"column": "cost"},
    "unit_change": {"column": "cost"},
    "missing_value": {"column": "maker"},
    "typo": {"column": "maker"},
    "swapped_columns": {"column": "maker", "to": "line"},
    "mojibake": {"column": "words"},
    "html_entities": {"column": "words"},
    "duplicate_product": {"key": "name", "title": "words"},
    "replay": {"key": "name", "times": TIMES},
    "burst": {"key": "name", "by": "thing", "times": TIMES, "visitor": VISITOR},
    "fixed_interval": {"key": "name", "times": TIMES, "visitors": VISITORS},
    "purchase_without_view": {"key": "name", "kind": "line", "item": "thing", "times": TIMES, "visitor": ("visit", "who"), "purchase": "Line 1"},
    "funnel_anomaly": {"key": "name", "by": "thing", "kind": "line", "times": TIMES, "steps": ("Line 1", "Line 2"), "cells": {"count": 1}, "people": 2},
    "send_time_stamps": {"time": "at", "by": "visit"},
    "stale_price": {"price": "cost", "by": "thing", "earlier": pl.DataFrame({"thing": ["i1", "i2"], "cost": [1.5, 2.5]})},
    "session_anomaly": {"key": "name", "session": "visit", "item": "thing", "kind": "line", "times": TIMES, "visitor": ("who",), "kinds": ("Line 1", "Line 2")},
    "doubled_hour": {"key": "name", "session": "visit", "times": TIMES, "visitor": ("who",)},
}
WHOLE = {"missing_column", "truncated_file", "missing_hour"}
kinds = pytest.mark.parametrize("kind", sorted(SETTINGS))


def table(height: int) -> pl.DataFrame:
    at = [datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=7 * n) for n in range(height)]
    return pl.DataFrame(
        {
            ROW: [f"b.{n}" for n in range(height)],
            "name": [f"e{n}" for n in range(height)],
            "who": [f"u{n % 5}" for n in range(height)],
            "visit": [f"s{n // 3}" for n in range(height)],
            "thing": [f"i{n % 7}" for n in range(height)],
            "at": at,
            "heard": [moment + timedelta(seconds=1) for moment in at],
            "cost": [None if n % 11 == 5 else 3.25 + 400 * n for n in range(height)],
            "money": ["EUR" if n % 3 else "USD" for n in range(height)],
            "count": [None if n % 2 else 1 + n % 4 for n in range(height)],
            "maker": [("Café Noir", "Kestrel", "Ash & Oak")[n % 3] for n in range(height)],
            "line": [f"Line {n % 4}" for n in range(height)],
            "words": [None if n % 9 == 8 else ("crème brûlée dish", "salt & pepper mill", "plain thing")[n % 3] for n in range(height)],
        },
        schema_overrides={"cost": pl.Float64, "count": pl.Int64, "at": pl.Datetime("us", "UTC"), "heard": pl.Datetime("us", "UTC")},
    )


def inject(kind: str, rows: pl.DataFrame, *, rate: float, seed: int, **settings: object) -> Injection:
    injected = EVERY[kind].inject(rows, rate=rate, seed=seed, **SETTINGS[kind], **settings)
    assert isinstance(injected, Injection)
    return injected


def different(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Row, column, old and new of every cell that differs, as text."""
    columns = [name for name in before.columns if name != ROW]

    def long(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.select(ROW, pl.col(columns).cast(pl.String)).unpivot(index=ROW, variable_name="column")

    both = long(before).rename({"value": "old"}).join(long(after).rename({"value": "new"}), on=[ROW, "column"])
    return both.filter(pl.col("old").ne_missing(pl.col("new"))).sort(ROW, "column")


def test_every_kind_is_tested_here() -> None:
    assert set(EVERY) == set(SETTINGS) | WHOLE
    assert all(name == fault.name for name, fault in EVERY.items())


@kinds
@settings(max_examples=15, deadline=None)
@given(height=st.integers(0, 40), seed=st.integers(0, 2**32))
def test_a_rate_of_0_injects_nothing(kind: str, height: int, seed: int) -> None:
    rows = table(height)
    injected = inject(kind, rows, rate=0.0, seed=seed)
    assert different(rows, injected.rows).is_empty()
    assert injected.rows.height == height
    assert injected.truth.schema == TRUTH
    assert injected.truth.is_empty()


@kinds
@settings(max_examples=25, deadline=None)
@given(height=st.integers(0, 40), rate=st.floats(0, 1), seed=st.integers(0, 2**32))
def test_the_truth_names_exactly_what_differs(kind: str, height: int, rate: float, seed: int) -> None:
    rows = table(height)
    injected = inject(kind, rows, rate=rate, seed=seed)
    assert injected.truth.schema == TRUTH
    assert injected.rows.columns == rows.columns
    assert injected.rows[ROW].is_unique().all()
    cells = injected.truth.filter(pl.col("column").is_not_null())
    assert cells.select(ROW, "column", "old", "new").sort(ROW, "column").equals(different(rows, injected.rows))
    added = injected.truth.filter(pl.col("column").is_null())[ROW]
    assert set(added) == set(injected.rows[ROW]) - set(rows[ROW])
    assert set(rows[ROW]) <= set(injected.rows[ROW])


@kinds
@settings(max_examples=10, deadline=None)
@given(rate=st.floats(0, 1), seed=st.integers(0, 2**32))
def test_the_same_seed_injects_the_same_faults(kind: str, rate: float, seed: int) -> None:
    first, second = (inject(kind, table(30), rate=rate, seed=seed) for _ in range(2))
    assert first.rows.equals(second.rows)
    assert first.truth.equals(second.truth)


@kinds
def test_every_kind_injects_something_and_another_seed_elsewhere(kind: str) -> None:
    truths = [inject(kind, table(40), rate=0.3, seed=seed).truth for seed in (1, 2)]
    assert truths[0].height > 0
    assert set(truths[0]["kind"]) == {kind}
    assert not truths[0].equals(truths[1])


@pytest.mark.parametrize("kind", sorted(set(SETTINGS) - {"crawler", "click_farm"}))
def test_only_eligible_rows_are_touched(kind: str) -> None:
    eligible = {f"b.{n}" for n in range(12, 24)}
    truth = inject(kind, table(40), rate=1.0, seed=3, eligible=pl.col(ROW).is_in(list(eligible))).truth
    assert {row.split("+")[0] for row in truth[ROW]} <= eligible


def test_redeliveries_equal_their_originals_in_every_cell() -> None:
    injected = inject("redelivery", table(40), rate=0.2, seed=1)
    assert injected.rows.drop(ROW).unique().height == 40
    assert injected.truth.height == 8


def test_double_submits_follow_within_two_seconds_under_a_new_key() -> None:
    rows = inject("double_submit", table(40), rate=0.2, seed=1).rows
    second = rows.tail(8).with_columns(pl.col(ROW).str.split("+").list.first())
    gaps = second.join(rows, on=ROW).select((pl.col("at") - pl.col("at_right")).dt.total_milliseconds())["at"]
    assert gaps.is_between(1, 2000).all()
    assert rows["name"].is_unique().all()


def test_a_crawler_walks_the_items_in_order_and_steadily() -> None:
    rows = inject("crawler", table(40), rate=0.3, seed=1, interval=2.0).rows.tail(12).head(6)
    assert rows["who"].unique().to_list() == ["bot1"]
    assert rows["at"].diff().drop_nulls().dt.total_milliseconds().is_between(1700, 2300).all()
    assert (rows["heard"] - rows["at"]).dt.total_milliseconds().unique().to_list() == [1000]
    steps = [(int(b[1]) - int(a[1])) % 7 for a, b in zip(rows["thing"], rows["thing"][1:], strict=False)]
    assert steps == [1] * 5


@pytest.mark.parametrize("kind", ["crawler", "click_farm"])
def test_bots_stay_within_the_day_of_the_templates(kind: str) -> None:
    late = inject("future_timestamp", table(40), rate=0.2, seed=1)
    rows = inject(kind, late.rows, rate=0.5, seed=1, eligible=~pl.col(ROW).is_in(late.truth[ROW].implode())).rows
    assert rows.tail(20)["at"].dt.date().n_unique() == 1


def test_a_click_farm_pushes_few_items_from_many_accounts() -> None:
    rows = inject("click_farm", table(40), rate=0.5, seed=1, pushed=2).rows.tail(20)
    assert rows["thing"].n_unique() == 2
    assert sorted(rows["who"].unique()) == ["bot1", "bot2"]


def test_a_session_is_skewed_by_one_offset() -> None:
    rows = table(40)
    dirty = inject("clock_skew", rows, rate=0.2, seed=1).rows
    offsets = dirty.select("visit", offset=dirty["at"] - rows["at"]).filter(pl.col("offset") != timedelta(0))
    assert offsets.group_by("visit").agg(pl.col("offset").n_unique())["offset"].unique().to_list() == [1]
    assert offsets["offset"].dt.total_minutes().abs().is_between(60, 540).all()


def test_numbers_with_a_decimal_comma_read_as_in_europe() -> None:
    truth = inject("decimal_comma", table(40), rate=1.0, seed=1).truth
    assert "1.203,25" in set(truth["new"])
    assert truth.filter(pl.col("new") == "1.203,25")["old"].to_list() == ["1203.25"]


def test_garbled_texts_can_be_read_again() -> None:
    assert set(inject("mojibake", table(40), rate=1.0, seed=1).truth["new"]) == {"crème brûlée dish".encode().decode("cp1252")}
    assert set(inject("html_entities", table(40), rate=1.0, seed=1).truth["new"]) == {"cr&egrave;me br&ucirc;l&eacute;e dish", "salt &amp; pepper mill"}


def test_a_typo_is_one_edit_and_no_other_value() -> None:
    truth = inject("typo", table(40), rate=1.0, seed=1).truth
    assert not set(truth["new"]) & {"Café Noir", "Kestrel", "Ash & Oak"}
    assert all(abs(len(old) - len(new)) <= 1 for old, new in truth.select("old", "new").iter_rows())


def test_a_missing_column_is_dropped_and_recorded() -> None:
    injected = drop_column(table(3), column="maker")
    assert "maker" not in injected.rows.columns
    assert injected.truth.to_dicts() == [{"kind": "missing_column", ROW: None, "column": "maker", "old": None, "new": None}]
    assert drop_column(table(3), column="maker", rate=0.0).truth.is_empty()


def test_a_truncated_file_is_a_beginning() -> None:
    content = bytes(range(200))
    cut = truncate(content, seed=1)
    assert content.startswith(cut)
    assert 100 <= len(cut) < 190
    assert truncate(content, rate=0.0) == content


def test_a_replay_repeats_whole_blocks_later_under_new_keys() -> None:
    rows = inject("replay", table(40), rate=0.2, seed=1, blocks=1).rows
    again = rows.tail(8).with_columns(pl.col(ROW).str.split("+").list.first())
    first = rows.head(40).filter(pl.col(ROW).is_in(again[ROW].implode()))
    assert (again["at"] - first["at"]).n_unique() == 1
    assert again.drop("name", *TIMES).equals(first.drop("name", *TIMES))
    assert rows["name"].is_unique().all()


def test_a_burst_hammers_one_thing_within_a_minute() -> None:
    rows = inject("burst", table(40), rate=0.1, seed=1, events=50).rows.tail(50)
    assert rows["thing"].n_unique() == 1
    assert rows["who"].n_unique() > 1
    assert (rows["at"].max() - rows["at"].min()).total_seconds() <= 60  # type: ignore[operator, union-attr]


def test_a_timed_bot_keeps_its_interval() -> None:
    rows = inject("fixed_interval", table(40), rate=0.5, seed=1, jitter=0.0).rows.tail(10)
    assert rows["at"].diff().drop_nulls().dt.total_milliseconds().sort().diff().drop_nulls().max() <= 1  # type: ignore[operator]


def test_a_purchase_without_view_has_no_event_of_the_user_on_the_item() -> None:
    rows = table(40)
    extra = inject("purchase_without_view", rows, rate=0.3, seed=1).rows.tail(12)
    assert extra["line"].unique().to_list() == ["Line 1"]
    assert extra.join(rows, on=["visit", "thing"]).is_empty()


def test_in_a_distorted_funnel_nobody_buys_or_everybody_does() -> None:
    rows = inject("funnel_anomaly", table(40), rate=0.2, seed=1).rows.tail(-40)
    bought = rows.group_by("thing").agg(looked=(pl.col("line") == "Line 1").sum(), bought=(pl.col("line") == "Line 2").sum())
    assert bought.sort("bought").select("looked", "bought").rows() == [(4, 0), (2, 2)]
    assert rows.filter(pl.col("line") == "Line 2")["count"].unique().to_list() == [1]


def test_events_stamped_when_sent_carry_one_whole_second() -> None:
    late = table(40).with_columns(pl.col("at") + pl.duration(milliseconds=7 * pl.int_range(pl.len())))
    dirty = inject("send_time_stamps", late, rate=0.2, seed=1)
    sent = dirty.rows.filter(pl.col(ROW).is_in(dirty.truth[ROW].implode()))
    assert sent.group_by("visit").agg(pl.col("at").n_unique())["at"].to_list() == [1] * sent["visit"].n_unique()
    assert (sent["at"].dt.millisecond() == 0).all()


def test_a_reused_price_is_the_earlier_one_where_there_is_one() -> None:
    truth = inject("stale_price", table(40), rate=1.0, seed=1).truth
    rows = table(40).join(truth, on=ROW)
    assert set(rows.filter(pl.col("thing") == "i1")["new"]) == {"1.5"}
    assert set(rows.filter(pl.col("thing") == "i3")["new"]) <= set(table(40)["cost"].cast(pl.String))


def test_a_missing_hour_is_recorded_and_dropped() -> None:
    injected = drop_hours(table(40), time="at", rate=0.2, seed=1)
    assert injected.truth["old"].to_list() == [injected.truth["old"][0]]
    assert injected.rows.height < 40
    assert drop_hours(table(40), time="at", rate=0.0, seed=1).rows.height == 40
