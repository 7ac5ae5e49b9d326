"""Rows without a key that published ones are paired with are the same where the rows come in parts."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.checker import Checker
from checks.schema import SchemaJudge
from cleaning.chain import Chain
from cleaning.parse import Parse
from cleaning.reconcile import Reconcile
from sluice.config import Step
from sluice.domain import Column, Run, Schema
from sluice.partitions import InTurn
from sluice.ports import Steps
from sluice.testing import AT, MemorySnapshot, make_batch, make_rows
from tests.contract.parts.comparing import ENGINES, assert_same_in_parts

SCHEMA = Schema("views", "append", (), (Column("item"), Column("price", "number"), Column("ts", "timestamp")), "ts")
RULES = [Step(name="expect_column_values_to_be_between", settings={"column": "price", "max_value": 6})]
STEPS = Steps([SchemaJudge(SCHEMA), Checker.build(SCHEMA, RULES)], Chain([Parse(SCHEMA)]), Reconcile(SCHEMA))
DAYS = Schema("views", "append", (), (Column("item"), Column("price", "number"), Column("day", "date")))
BARE = Schema("views", "append", (), (Column("item"), Column("price", "number")))
EVENTS = st.lists(st.tuples(st.sampled_from("ab"), st.none() | st.integers(0, 9), st.none() | st.integers(0, 8)), max_size=8)


def cells(events: Sequence[tuple[str | None, float | None, int | None]]) -> dict[str, list[object]]:
    times = [None if minutes is None else AT - timedelta(hours=5) + timedelta(minutes=minutes) for _, _, minutes in events]
    return {"item": [item for item, _, _ in events], "price": [price for _, price, _ in events], "ts": list(times)}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(published=EVENTS, others=EVENTS, shared=st.integers(0, 14), texts=st.sets(st.integers(0, 13)), parts=st.sampled_from([1, 3, 17]), engine=ENGINES)
def test_rows_of_overlapping_files_are_paired_as_in_the_whole_batch(
    published: list[tuple[str, float | None, int | None]],
    others: list[tuple[str, float | None, int | None]],
    shared: int,
    texts: set[int],
    parts: int,
    engine: type[InTurn],
) -> None:
    both = [("c", 1.5 + place % 3, place) for place in range(14)]
    rows = [*both[:shared], *others]
    unparsed = {place: {"price": "2,5 EUR"} for place in texts if place < len(rows)}
    arrived = cells([(item, None if place in unparsed else price, minute) for place, (item, price, minute) in enumerate(rows)])
    before = make_rows(SCHEMA, cells([*published, *both]), batch_id="old").with_columns(pl.lit("old").alias("_run_id"))
    assert_same_in_parts(make_batch(SCHEMA, arrived, batch_id="new", unparsed=unparsed), MemorySnapshot({"views": before}), STEPS, parts, engine)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(first=st.integers(0, 60), seed=st.integers(0, 5), changed=st.sets(st.integers(0, 99)), parts=st.sampled_from([1, 3, 17]), dated=st.booleans())
def test_rows_without_times_of_overlapping_files_are_paired_as_in_the_whole_batch(first: int, seed: int, changed: set[int], parts: int, *, dated: bool) -> None:
    schema = DAYS if dated else BARE
    draw = random.Random(seed)
    rows = [(f"i{draw.randrange(60)}", float(draw.randrange(900)), AT.date() + timedelta(days=place // 12)) for place in range(160)]
    again = [(item, price + 0.5 if place in changed else price, day) for place, (item, price, day) in enumerate(rows)]

    def table(part: list[tuple[str, float, date]]) -> dict[str, list[object]]:
        return dict(zip(schema.names, (list(values) for values in zip(*part, strict=True)), strict=False))

    before = make_rows(schema, table(rows[:100]), batch_id="old").with_columns(pl.lit("old").alias("_run_id"))
    records = [Run("old", "views", "ingest", 1, AT, "published")]
    steps = Steps([SchemaJudge(schema)], Chain([]), Reconcile(schema))
    assert_same_in_parts(make_batch(schema, table(again[first:]), batch_id="new"), MemorySnapshot({"views": before}, records), steps, parts, InTurn)
