"""A batch that is evaluated in parts has the same rows, repairs, verdicts, counts and scores as one that is evaluated as a whole."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.checker import Checker
from checks.schema import SchemaJudge
from checks.shrink import ShrinkJudge
from cleaning.chain import Chain
from cleaning.deduplicate import Deduplicate
from cleaning.normalize_text import NormalizeText
from cleaning.parse import Parse
from cleaning.reconcile import Reconcile
from sluice.config import Step
from sluice.domain import Batch, Column, Run, Schema
from sluice.partitions import InTurn
from sluice.ports import Steps, needs_of_steps
from sluice.rules import Occasion
from sluice.testing import AT, MemorySnapshot, make_batch, make_rows
from sluice.wiring.occasions import CalendarJudge
from tests.contract.parts.comparing import ENGINES, assert_same_in_parts

COLUMNS = (
    Column("id"),
    Column("event_type"),
    Column("title"),
    Column("price", "number"),
    Column("weight", "number", unit="kg"),
    Column("amount", "integer"),
    Column("ts", "timestamp", zone="Europe/Berlin"),
    Column("day", "date"),
)
SCHEMA = Schema("d", "append", ("id",), COLUMNS, time="ts")
RULES: list[tuple[str, dict[str, Any]]] = [
    ("expect_column_values_to_not_be_null", {"column": "title"}),
    ("expect_column_values_to_not_be_null", {"column": "day", "severity": "warning"}),
    ("expect_column_values_to_be_in_set", {"column": "event_type", "value_set": ["view", "cart"]}),
    ("expect_column_values_to_be_between", {"column": "price", "min_value": 0, "max_value": 2000, "mostly": 0.9}),
    ("expect_column_values_to_be_between", {"column": "amount", "min_value": 0, "on_fail": "block", "mostly": 0.2}),
    ("expect_column_values_to_match_regex", {"column": "title", "regex": "^[A-Z]", "row_condition": 'title != "Vase"'}),
    ("expect_column_values_to_be_unique", {"column": "id", "severity": "warning"}),
    ("expect_compound_columns_to_be_unique", {"column_list": ["id", "event_type"]}),
    ("expect_column_mean_to_be_between", {"column": "price", "min_value": 1, "max_value": 300}),
    ("expect_column_sum_to_be_between", {"column": "weight", "min_value": 1}),
    ("expect_column_sum_to_be_between", {"column": "amount", "max_value": 10}),
    ("expect_column_min_to_be_between", {"column": "ts", "min_value": "2026-01-01T00:00:00+00:00"}),
    ("expect_column_max_to_be_between", {"column": "price", "max_value": 1000}),
    ("expect_column_distinct_values_to_be_in_set", {"column": "event_type", "value_set": ["view", "cart"]}),
    ("expect_column_distinct_values_to_contain_set", {"column": "event_type", "value_set": ["view"]}),
    ("expect_column_unique_value_count_to_be_between", {"column": "id", "min_value": 2}),
    ("expect_column_proportion_of_unique_values_to_be_between", {"column": "id", "min_value": 0.5}),
    ("expect_column_proportion_of_non_null_values_to_be_between", {"column": "title", "min_value": 0.5}),
    ("expect_column_median_to_be_between", {"column": "price", "min_value": 1}),
    ("expect_column_median_to_be_between", {"column": "amount", "max_value": 1, "row_condition": 'event_type == "view"'}),
    ("expect_column_quantile_values_to_be_between", {"column": "price", "quantile_ranges": {"quantiles": [0.1, 0.5], "value_ranges": [[0, 1], [0, 300]]}}),
    ("expect_column_stdev_to_be_between", {"column": "price", "max_value": 300}),
    ("expect_column_stdev_to_be_between", {"column": "amount", "max_value": 2}),
    ("expect_column_most_common_value_to_be_in_set", {"column": "event_type", "value_set": ["view"]}),
    ("expect_column_mean_to_be_between", {"column": "weight", "max_value": 2, "row_condition": "title is not null"}),
    ("expect_column_values_to_be_unique", {"column": "id", "row_condition": 'event_type == "view" or event_type == "cart"'}),
    ("expect_compound_columns_to_be_unique", {"column_list": ["id", "title"], "row_condition": "price > 1", "on_fail": "flag"}),
    ("expect_column_values_to_be_unique_across_batches", {"columns": ["id"], "row_condition": "price > 1", "on_fail": "flag"}),
    ("expect_column_values_to_exist_in_dataset", {"column": "title", "dataset": "names", "row_condition": 'event_type == "view"', "mostly": 0.7}),
    ("expect_column_values_to_be_close_to_history", {"column": "price", "key": "title", "row_condition": "amount is not null"}),
    ("expect_table_row_count_to_be_between", {"min_value": 3, "on_fail": "block"}),
    ("expect_table_columns_to_match_set", {"column_set": ["id", "title"], "exact_match": False}),
    ("expect_column_values_to_be_unique_across_batches", {"columns": ["title"]}),
    ("expect_column_values_to_exist_in_dataset", {"column": "title", "dataset": "names"}),
    ("expect_column_values_to_match_reference", {"column": "price", "dataset": "names", "key": "title", "reference_column": "cost"}),
    ("expect_column_values_to_be_close_to_history", {"column": "price", "key": "title"}),
    ("expect_column_values_to_not_be_in_future", {"column": "ts"}),
    ("expect_batch_to_be_fresh", {"column": "ts", "max_age": "1d"}),
    ("expect_table_row_count_to_match_weekday", {}),
]
CHECKER = Checker.build(SCHEMA, [Step(name=name, settings=values) for name, values in RULES])
CALENDAR = CalendarJudge(CHECKER, [Occasion(AT.date(), AT.date(), "sale")], "ts", ZoneInfo("Europe/Berlin"))
STEPS = Steps([SchemaJudge(SCHEMA), ShrinkJudge(SCHEMA), CALENDAR], Chain([Parse(SCHEMA), NormalizeText(SCHEMA), Deduplicate(SCHEMA)]), Reconcile(SCHEMA))

TEXTS = {
    "title": st.none() | st.sampled_from(["Lamp", " Lamp", "Vase", "vase", "n/a", "-", "4.0E+12", "12", "", "Tea &amp; pot"]),
    "price": st.none() | st.sampled_from([0.1, 0.2, 0.3, 1e300, -1e300, 5e-324, 900.0, -0.0, math.pi, "1.234,50 €", "12,5", "1,299", "$4", "x", "N/A"]),
    "weight": st.none() | st.sampled_from([0.5, 2.0, "500 g", "3 lb", "2 m", "?"]),
    "amount": st.none() | st.sampled_from([1, 2, -3, 2**62, "1,000", "one"]),
    "day": st.none() | st.sampled_from([AT.date(), "03/04/2026", "14/03/2026", "soon"]),
}
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.none() | st.sampled_from("pqrstuvw"),
            "event_type": st.none() | st.sampled_from(["view", "view", "cart", "buy"]),
            "ts": st.none() | st.integers(-3000, 400_000),
            **TEXTS,
        }
    ),
    max_size=14,
)
PUBLISHED = st.lists(
    st.fixed_dictionaries({"id": st.sampled_from("pqxyz"), "title": st.sampled_from(["Lamp", "Vase"]), "price": st.sampled_from([0.3, 5.0])}), max_size=3
)


def batch_of(rows: list[dict[str, Any]]) -> Batch:
    typed = {name: float if name in ("price", "weight") else int for name in ("price", "weight", "amount")}
    texts = {place: cells for place, row in enumerate(rows) if (cells := {name: row[name] for name in (*typed, "day") if isinstance(row[name], str)})}
    cells = {name: [None if isinstance(row[name], str) and name in (*typed, "day") else row[name] for row in rows] for name in SCHEMA.names}
    cells["ts"] = [None if minutes is None else AT - timedelta(minutes=minutes) for minutes in cells["ts"]]
    return make_batch(SCHEMA, cells, batch_id="new", unparsed=texts)


def snapshot_of(published: list[dict[str, Any]]) -> MemorySnapshot:
    if not published:
        return MemorySnapshot()
    cells = {**{name: [row[name] for row in published] for name in ("id", "title", "price")}, "ts": [AT - timedelta(days=2)] * len(published)}
    rows = make_rows(SCHEMA, cells, batch_id="old").with_columns(pl.lit("keep").alias("_action"), pl.lit("old").alias("_run_id"))
    runs = [Run("old", "d", "ingest", 1, AT - timedelta(days=7), "published", decision="open", rows=len(published), good=len(published))]
    return MemorySnapshot({"d": rows, "names": pl.DataFrame({"title": ["Lamp", "Vase"], "cost": [0.3, 5.0]})}, runs)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=ROWS, published=PUBLISHED, parts=st.sampled_from([1, 3, 3, 3, 7]), engine=ENGINES)
def test_parts_give_what_the_whole_batch_gives(parts: int, rows: list[dict[str, Any]], published: list[dict[str, Any]], engine: type[InTurn]) -> None:
    assert needs_of_steps(STEPS).together_by() == ("id",)
    assert_same_in_parts(batch_of(rows), snapshot_of(published), STEPS, parts, engine)
