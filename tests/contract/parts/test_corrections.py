"""Rows that come in parts replace published and held rows of their keys as those of a whole batch."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.checker import Checker
from checks.schema import SchemaJudge
from cleaning.chain import Chain
from cleaning.deduplicate import Deduplicate
from cleaning.parse import Parse
from cleaning.reconcile import Reconcile
from sluice.config import Step
from sluice.domain import Column, Run, Schema
from sluice.partitions import InTurn
from sluice.ports import Steps
from sluice.testing import AT, MemorySnapshot, make_batch, make_rows
from tests.contract.parts.comparing import ENGINES, assert_same_in_parts

COLUMNS = (Column("id", required=True), Column("note"), Column("price", "number"), Column("ts", "timestamp"))
UPSERT, CORRECTED, REPLACED, HELD = (
    Schema("d", "upsert", ("id",), COLUMNS, time="ts"),
    Schema("d", "append", ("id",), COLUMNS, time="ts"),
    Schema("d", "append", ("id",), COLUMNS, time="ts", on_change="replace"),
    Schema("d", "upsert", ("id",), COLUMNS, time="ts", on_change="hold"),
)
RULES = [Step(name="expect_column_values_to_be_between", settings={"column": "price", "min_value": 0})]


def steps_of(schema: Schema) -> Steps:
    return Steps([SchemaJudge(schema), Checker.build(schema, RULES)], Chain([Parse(schema), Deduplicate(schema)]), Reconcile(schema))


STEPS = {schema: steps_of(schema) for schema in (UPSERT, CORRECTED, REPLACED, HELD)}
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.none() | st.sampled_from("abcdefgh"),
            "note": st.sampled_from(["new", "old"]),
            "price": st.sampled_from([1.0, 2.0, -1.0, None, "1,5"]),
            "hours": st.none() | st.sampled_from([0, 1, 30]),
        }
    ),
    max_size=12,
)


def cells_of(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    cells = {name: [None if isinstance(row[name], str) and name == "price" else row[name] for row in rows] for name in ("id", "note", "price")}
    return {**cells, "ts": [None if row["hours"] is None else AT - timedelta(hours=row["hours"]) for row in rows]}


@settings(max_examples=16, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=ROWS,
    published=ROWS,
    held=ROWS,
    schema=st.sampled_from([*STEPS]),
    decision=st.sampled_from(["open", "closed"]),
    parts=st.sampled_from([1, 3, 3, 7]),
    engine=ENGINES,
)
def test_parts_replace_what_the_whole_batch_replaces(
    rows: list[dict[str, Any]],
    published: list[dict[str, Any]],
    held: list[dict[str, Any]],
    schema: Schema,
    decision: Any,
    parts: int,
    engine: type[InTurn],
) -> None:
    texts = {place: {"price": row["price"]} for place, row in enumerate(rows) if isinstance(row["price"], str)}
    batch = make_batch(schema, cells_of(rows), batch_id="new", unparsed=texts)
    right = [row for row in {row["id"]: row for row in published}.values() if row["id"] is not None]
    before = make_rows(schema, cells_of(right), batch_id="old").with_columns(pl.lit("keep").alias("_action"), pl.lit("old").alias("_run_id"))
    runs = [Run("old", "d", "ingest", 1, AT - timedelta(days=7), "published", decision=decision, rows=len(right), good=len(right))]
    others = make_rows(schema, cells_of(held), batch_id="older")
    snapshot = MemorySnapshot({"d": before} if right else {}, runs if right else [])
    assert_same_in_parts(
        batch, snapshot, STEPS[schema], parts, engine, lambda split: others.filter(others["id"].is_in([*split.good.rows["id"], *split.bad.rows["id"]]))
    )
