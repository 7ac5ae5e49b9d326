"""Rules about the events of users give the same verdicts where the events come in parts, at their first look and once rows are held."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.checker import Checker
from checks.schema import SchemaJudge
from cleaning.chain import Chain
from sluice.config import Step
from sluice.domain import Column, Run, Schema
from sluice.partitions import InTurn
from sluice.ports import Steps, needs_of_steps
from sluice.testing import AT, MemorySnapshot, make_batch, make_rows
from tests.contract.parts.comparing import ENGINES, assert_same_in_parts

SCHEMA = Schema("events", columns=(Column("user"), Column("item"), Column("ts", "timestamp")), time="ts")
LOG = {"user": "user", "item": "item", "time": "ts"}
RULES = [
    ("expect_proportion_of_consecutive_repeats_to_be_between", {**LOG, "max_value": 0.4}),
    ("expect_proportion_of_novel_transitions_to_be_between", {**LOG, "max_value": 0.5, "min_batches": 1}),
    ("expect_proportion_of_heavy_user_events_to_be_between", {**LOG, "max_value": 0.5, "max_events_per_user": 3, "on_fail": "block"}),
    ("expect_column_values_to_be_in_set", {"column": "item", "value_set": ["a", "b", "c"]}),
]
STEPS = Steps([SchemaJudge(SCHEMA), Checker.build(SCHEMA, [Step(name=name, settings=values) for name, values in RULES])], Chain([]))
EVENTS = st.lists(st.tuples(st.none() | st.sampled_from("uvwx"), st.none() | st.sampled_from("abcd"), st.none() | st.integers(0, 4)), max_size=20)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(events=EVENTS, parts=st.sampled_from([1, 3, 17]), engine=ENGINES)
def test_the_events_of_a_user_are_judged_together(events: list[tuple[str | None, str | None, int | None]], parts: int, engine: type[InTurn]) -> None:
    assert needs_of_steps(STEPS).together_by() == ("user",)
    times = [None if minutes is None else AT - timedelta(minutes=minutes) for _, _, minutes in events]
    batch = make_batch(SCHEMA, {"user": [user for user, _, _ in events], "item": [item for _, item, _ in events], "ts": times}, batch_id="new")
    before = make_rows(SCHEMA, {"user": ["u"] * 3, "item": ["a", "b", "a"], "ts": [AT - timedelta(days=1, minutes=-n) for n in range(3)]}, batch_id="old")
    runs = [Run("old", "events", "ingest", 1, AT - timedelta(days=1), "published", decision="open", rows=3, good=3)]
    assert_same_in_parts(batch, MemorySnapshot({"events": before.with_columns(pl.lit("old").alias("_run_id"))}, runs), STEPS, parts, engine)
