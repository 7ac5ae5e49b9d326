"""Rules that compare a row with the one before it in the file give the same verdicts where the rows come in parts."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from checks.checker import Checker
from checks.schema import SchemaJudge
from cleaning.chain import Chain
from cleaning.deduplicate import Deduplicate
from cleaning.normalize_text import NormalizeText
from cleaning.reconcile import Reconcile
from sluice.config import Step
from sluice.domain import Column, Schema
from sluice.partitions import InTurn
from sluice.ports import Steps, needs_of_steps
from sluice.testing import MemorySnapshot, make_batch
from tests.contract.parts.comparing import ENGINES, assert_same_in_parts

SCHEMA = Schema("d", "append", ("id",), (Column("id"), Column("number", "integer"), Column("price", "number"), Column("title")))
RULES: list[tuple[str, dict[str, Any]]] = [
    ("expect_column_values_to_be_increasing", {"column": "number"}),
    ("expect_column_values_to_be_decreasing", {"column": "price", "strictly": True, "row_condition": "number > 1", "mostly": 0.5, "on_fail": "flag"}),
    ("expect_column_values_to_be_increasing", {"column": "title", "severity": "info", "on_fail": "flag"}),
    ("expect_column_values_to_not_be_null", {"column": "title"}),
]
CHECKER = Checker.build(SCHEMA, [Step(name=name, settings=values) for name, values in RULES])
STEPS = Steps([SchemaJudge(SCHEMA), CHECKER], Chain([NormalizeText(SCHEMA), Deduplicate(SCHEMA)]), Reconcile(SCHEMA))
ROWS = st.lists(
    st.tuples(
        st.none() | st.sampled_from("pqrstuvw"),
        st.none() | st.integers(0, 4),
        st.none() | st.sampled_from([0.5, 2.0, 7.0]),
        st.none() | st.sampled_from(["a", " a", "b", "n/a"]),
    ),
    max_size=12,
)


@example([("p", 2, 0.5, "b"), ("q", 1, 2.0, " a"), ("r", 3, None, None), ("p", 3, 2.0, "c")], 17, InTurn)
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=ROWS, parts=st.sampled_from([1, 3]), engine=ENGINES)
def test_rows_are_compared_with_those_before_them_in_the_file(rows: list[tuple[Any, ...]], parts: int, engine: type[InTurn]) -> None:
    assert needs_of_steps(STEPS).together_by() == ("id",)
    cells = {name: [row[place] for row in rows] for place, name in enumerate(("id", "number", "price", "title"))}
    assert_same_in_parts(make_batch(SCHEMA, cells, batch_id="new"), MemorySnapshot(), STEPS, parts, engine)
