"""Rules about the events of users give the same verdicts where the events come in parts, at their first look and once rows are held."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeAlias

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.checker import Checker
from checks.schema import SchemaJudge
from cleaning.chain import Chain
from cleaning.deduplicate import Deduplicate
from cleaning.reconcile import Reconcile
from sluice.config import Step
from sluice.domain import Batch, Column, Run, Schema
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
    ("expect_transition_overlap_to_match_history", {**LOG, "min_batches": 2, "tolerance": 0.2}),
    ("expect_column_values_to_be_in_set", {"column": "item", "value_set": ["a", "b", "c"]}),
]
CHECKER = [Step(name=name, settings=values) for name, values in RULES]
STEPS = Steps([SchemaJudge(SCHEMA), Checker.build(SCHEMA, CHECKER)], Chain([]))
KEYED = Schema("events", "append", ("item", "ts"), SCHEMA.columns, time="ts")
APART = Steps([SchemaJudge(KEYED), Checker.build(KEYED, CHECKER)], Chain([Deduplicate(KEYED)]), Reconcile(KEYED))
Event: TypeAlias = tuple[str | None, str | None, int | None]
EVENTS = st.lists(st.tuples(st.none() | st.sampled_from("uvwx"), st.none() | st.sampled_from("abcd"), st.none() | st.integers(0, 4)), max_size=20)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(events=EVENTS, parts=st.sampled_from([1, 3, 3, 17]), engine=ENGINES)
def test_the_events_of_a_user_are_judged_together(events: list[Event], parts: int, engine: type[InTurn]) -> None:
    assert needs_of_steps(STEPS).together_by() == ("user",)
    assert_same_in_parts(batch_of(events), history(), STEPS, parts, engine)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(events=EVENTS, parts=st.sampled_from([1, 3, 3, 17]), engine=ENGINES)
def test_the_events_of_a_user_meet_where_rows_are_divided_by_their_key(events: list[Event], parts: int, engine: type[InTurn]) -> None:
    assert needs_of_steps(APART).together_by() == ("item", "ts")
    assert_same_in_parts(batch_of(events), history(), APART, parts, engine)


def batch_of(events: list[Event]) -> Batch:
    times = [None if minutes is None else AT - timedelta(minutes=minutes) for _, _, minutes in events]
    return make_batch(SCHEMA, {"user": [user for user, _, _ in events], "item": [item for _, item, _ in events], "ts": times}, batch_id="new")


def history() -> MemorySnapshot:
    names, rows, runs = ("old", "older"), [], []
    for number, name in enumerate(names, start=1):
        times = [AT - timedelta(days=number, minutes=-n) for n in range(4)]
        some = make_rows(SCHEMA, {"user": ["u"] * 4, "item": ["a", "b", "a", "c"][: 5 - number] + ["d"] * (number - 1), "ts": times}, batch_id=name)
        rows.append(some.with_columns(pl.lit(name).alias("_run_id")))
        runs.append(Run(name, "events", "ingest", 3 - number, AT - timedelta(days=number), "published", decision="open", rows=4, good=4))
    return MemorySnapshot({"events": pl.concat(rows)}, list(reversed(runs)))
