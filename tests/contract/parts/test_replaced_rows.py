"""Parts compare their rows with the published ones that no part replaces, as the whole batch does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.checker import Checker
from checks.schema import SchemaJudge
from cleaning.chain import Chain
from cleaning.functional_dependency import FunctionalDependency
from cleaning.reconcile import MOVED, Reconcile
from cleaning.swapped_columns import SwappedColumns
from sluice.config import Step
from sluice.domain import Column, Outcome, Run, Schema
from sluice.partitions import InTurn
from sluice.ports import Steps
from sluice.testing import AT, MemorySnapshot, make_batch, make_rows
from tests.contract.parts.comparing import ENGINES, Apart, assert_same_in_parts, in_parts

COLUMNS = (Column("id"), Column("line"), Column("brand"), Column("price", "number"), Column("pad"))
UPSERT, REPLACED, CORRECTED = (
    Schema("d", "upsert", ("id",), COLUMNS),
    Schema("d", "append", ("id",), COLUMNS, on_change="replace"),
    Schema("d", "append", ("id",), COLUMNS),
)
RULES = [
    Step(name="expect_column_values_to_be_unique_across_batches", settings={"columns": ["pad"]}),
    Step(name="expect_column_values_to_be_close_to_history", settings={"column": "price", "key": "line", "tolerance": 0.5, "severity": "warning"}),
]
STEPS = {
    schema: Steps(
        [SchemaJudge(schema), Checker.build(schema, RULES)],
        Chain([SwappedColumns(schema, ("line", "brand")), FunctionalDependency(schema, "line", "brand")]),
        Reconcile(schema),
    )
    for schema in (UPSERT, REPLACED, CORRECTED)
}
MODES = pytest.mark.parametrize("schema", [*STEPS], ids=["upsert", "on_change: replace", "correction"])
BOTH_ENGINES = pytest.mark.parametrize("engine", [InTurn, Apart])
MANY = 60

Cells = dict[str, list[Any]]


def table(*, pads: range, brand: str, price: float, keys: range = range(MANY)) -> Cells:
    rows = [{"id": f"V{key:02}", "line": f"L{key % 4}", "brand": "Other" if key % 4 else brand, "price": price} for key in keys]
    return {**{name: [row[name] for row in rows] for name in ("id", "line", "brand", "price")}, "pad": [f"p{pad % MANY}" for pad in pads]}


def snapshot_of(schema: Schema, cells: Cells) -> MemorySnapshot:
    """Publish rows with a batch that was not open, so that a later one corrects it."""
    rows = make_rows(schema, cells, batch_id="old").with_columns(pl.lit("keep").alias("_action"), pl.lit("old").alias("_run_id"))
    runs = [Run("old", "d", "ingest", 1, AT - timedelta(days=7), "published", decision="closed", rows=rows.height, good=rows.height)]
    return MemorySnapshot({"d": rows}, runs)


def compare(schema: Schema, cells: Cells, published: Cells, engine: type[InTurn]) -> Outcome:
    return assert_same_in_parts(make_batch(schema, cells, batch_id="new"), snapshot_of(schema, published), STEPS[schema], 3, engine)


@MODES
@BOTH_ENGINES
def test_values_that_move_to_other_keys_are_no_repeats_of_the_rows_that_they_replace(schema: Schema, engine: type[InTurn]) -> None:
    before = table(pads=range(MANY), brand="Tarn", price=10.0)
    now = table(pads=range(MANY // 2, MANY * 3 // 2), brand="Tarn", price=100.0)
    outcome = compare(schema, now, before, engine)
    assert (outcome.split.good.rows.height, outcome.split.bad.rows.height, outcome.replaced.height) == (MANY, 0, MANY)


@MODES
@BOTH_ENGINES
def test_values_of_rows_that_no_part_replaces_are_repeats(schema: Schema, engine: type[InTurn]) -> None:
    before = table(pads=range(MANY), brand="Tarn", price=10.0)
    now = table(pads=range(MANY // 2, MANY), brand="Tarn", price=10.0, keys=range(MANY // 2))  # those of the other keys, which stay
    assert compare(schema, now, before, engine).split.bad.rows.height == MANY // 2


@pytest.mark.parametrize("schema", [UPSERT, REPLACED], ids=["upsert", "on_change: replace"])
@BOTH_ENGINES
def test_brands_of_rows_that_any_part_replaces_fill_no_cell(schema: Schema, engine: type[InTurn]) -> None:
    before = table(pads=range(MANY), brand="Old", price=10.0)
    now = table(pads=range(MANY), brand="New", price=10.0)
    now["brand"][0] = None
    outcome = compare(schema, now, before, engine)
    assert outcome.repairs.filter("applied")["new"].to_list() == ["New"]


@BOTH_ENGINES
def test_a_part_that_replaces_no_row_takes_those_of_other_parts_for_replaced(engine: type[InTurn]) -> None:
    before = table(pads=range(1), brand="Tarn", price=10.0, keys=range(1))
    now = table(pads=range(MANY), brand="Tarn", price=10.0)
    now["pad"] = [*now["pad"][1:], "p0"]
    outcome = compare(UPSERT, now, before, engine)
    assert (outcome.split.bad.rows.height, outcome.replaced.height) == (0, 1)


@BOTH_ENGINES
def test_a_key_that_belongs_to_other_cells_is_compared_with_those_of_all_parts(engine: type[InTurn]) -> None:
    before = table(pads=range(MANY), brand="Tarn", price=10.0)
    now = {name: cells[:MANY:6] for name, cells in before.items()}
    now["id"][3], now["id"][5] = "V01", "V07"  # of V18 and V30
    now = {name: [*cells, "p30" if name == "pad" else before[name][30]] for name, cells in now.items()}  # V30 comes as well
    held = compare(UPSERT, now, before, engine).split.bad.rows.explode("_reasons").unnest("_reasons")
    assert held.filter(name=MOVED)["id"].to_list() == ["V01"]


def test_parts_run_once_where_no_step_reads_published_rows() -> None:
    passes: list[None] = []

    class Counted(InTurn):
        def run(self, *args: Any) -> Any:
            passes.append(None)
            return super().run(*args)

    cells = table(pads=range(MANY), brand="Tarn", price=100.0)
    batch, snapshot = make_batch(UPSERT, cells, batch_id="new"), snapshot_of(UPSERT, table(pads=range(MANY), brand="Tarn", price=10.0))
    outcome, _ = in_parts(batch, snapshot, Steps([SchemaJudge(UPSERT)], Chain([]), Reconcile(UPSERT)), 3, Counted)
    assert (len(passes), outcome.replaced.height) == (1, MANY)


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.none() | st.sampled_from("abcdefgh"),
            "line": st.sampled_from(["Amber", "Amber", "Tide", None]),
            "brand": st.sampled_from(["Tarn", "Tarn", "Lumen", "Amber", None]),
            "price": st.sampled_from([1.0, 10.0, None]),
            "pad": st.none() | st.sampled_from("pqrstuvwxyz"),
        }
    ),
    min_size=1,
    max_size=10,
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=ROWS, published=ROWS, schema=st.sampled_from([*STEPS]), parts=st.sampled_from([3, 3, 7]), engine=ENGINES)
def test_parts_are_judged_beside_what_the_whole_batch_is(
    rows: list[dict[str, Any]], published: list[dict[str, Any]], schema: Schema, parts: int, engine: type[InTurn]
) -> None:
    unique = list({row["id"]: row for row in published}.values())
    cells, before = ({name: [row[name] for row in some] for name in schema.names} for some in (rows, unique))
    assert_same_in_parts(make_batch(schema, cells, batch_id="new"), snapshot_of(schema, before), STEPS[schema], parts, engine)
