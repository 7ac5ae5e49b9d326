"""A table that comes in parts is compared with the published one, and takes its place, as one that comes at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.checker import Checker
from checks.schema import SchemaJudge
from checks.shrink import ShrinkJudge
from cleaning.chain import Chain
from cleaning.deduplicate import Deduplicate
from cleaning.functional_dependency import FunctionalDependency
from cleaning.parse import Parse
from cleaning.reconcile import Reconcile
from sluice.config import Step
from sluice.domain import ROW, Column, Run, Schema
from sluice.partitions import InTurn
from sluice.ports import Steps
from sluice.testing import AT, MemorySnapshot, make_batch, make_rows
from tests.contract.parts.comparing import ENGINES, assert_same_in_parts

COLUMNS = (Column("sku", required=True), Column("brand"), Column("price", "number"))
KEYED, KEYLESS = Schema("items", "snapshot", ("sku",), COLUMNS), Schema("items", "snapshot", (), COLUMNS)
RULES = [
    Step(name="expect_column_values_to_be_between", settings={"column": "price", "min_value": 0}),
    Step(name="expect_column_median_to_be_between", settings={"column": "price", "max_value": 6, "on_fail": "block"}),
]


def steps_of(schema: Schema) -> Steps:
    duplicates = [Deduplicate(schema)] if schema.key else []
    cleaners = Chain([Parse(schema), FunctionalDependency(schema, "brand", "price", correct_typos=False), *duplicates])
    return Steps([SchemaJudge(schema), ShrinkJudge(schema), Checker.build(schema, RULES)], cleaners, Reconcile(schema))


STEPS = {schema: steps_of(schema) for schema in (KEYED, KEYLESS)}
ROW_OF_TABLE = st.fixed_dictionaries(
    {
        "sku": st.none() | st.sampled_from([f"s{number}" for number in range(40)]),
        "brand": st.sampled_from(["Tarn", "Tarn", "Lumen", None]),
        "price": st.sampled_from([5.0, 5.0, 7.5, -1.0, None]),
    }
)
TABLE = st.lists(ROW_OF_TABLE, max_size=12)


def cells_of(rows: list[dict[str, Any]], first: int, count: int) -> dict[str, list[Any]]:
    """Return the cells of some rows, and of right ones with the keys from a number on."""
    right = [{"sku": f"s{number}", "brand": "Tarn", "price": 5.0} for number in range(first, first + count)]
    return {name: [row[name] for row in (*rows, *right)] for name in ("sku", "brand", "price")}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=TABLE,
    held=TABLE,
    sizes=st.tuples(st.sampled_from([0, 0, 30]), st.sampled_from([0, 10, 25, 30])),
    keyed=st.booleans(),
    parts=st.sampled_from([1, 3, 3, 7]),
    engine=ENGINES,
)
def test_a_table_in_parts_takes_the_place_of_the_published_one(
    rows: list[dict[str, Any]], held: list[dict[str, Any]], sizes: tuple[int, int], keyed: bool, parts: int, engine: type[InTurn]
) -> None:
    schema, (before, now) = KEYED if keyed else KEYLESS, sizes
    batch = make_batch(schema, cells_of(rows, 2, now), batch_id="new")
    published = make_rows(schema, cells_of([], 0, before), batch_id="old").with_columns(pl.lit("keep").alias("_action"), pl.lit("old").alias("_run_id"))
    runs = [Run("old", "items", "ingest", 1, AT - timedelta(days=7), "published", decision="open", rows=before, good=before)] if before else []
    former = make_rows(schema, cells_of(held, 0, 0), batch_id="old").select(ROW, *schema.key)
    snapshot = MemorySnapshot({"items": published} if before else {}, runs)
    expected = assert_same_in_parts(batch, snapshot, STEPS[schema], parts, engine, lambda _: former)
    assert expected.replaced.height <= before + len(held)
