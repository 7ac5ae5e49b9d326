from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from checks.checker import Checker
from sluice.config import Step
from sluice.domain import EMPTY, ROW, Batch, Schema
from sluice.messages import render

CELLS: dict[str, list[Any]] = {
    "event_id": ["e1", "e2", "e2", "e4"],
    "user_id": ["u1", None, "u2", "u2"],
    "item_id": ["i1", "i1", "i9", None],
    "kind": ["buy", "view", "buy", "secret"],
    "price": [1.0, 200.0, None, float("nan")],
    "quantity": [1, None, -1, 2],
    "ip": ["1.2.3.4", None, None, None],
}


def steps(*pairs: tuple[str, dict[str, Any]]) -> list[Step]:
    return [Step(name=name, settings=settings) for name, settings in pairs]


def test_masks_counts_and_status(schema: Schema, make_batch: Callable[..., Batch], snapshot: Any) -> None:
    checker = Checker.build(
        schema,
        steps(
            ("expect_column_values_to_not_be_null", {"column": "user_id"}),
            ("expect_column_values_to_be_between", {"column": "price", "min_value": 0, "max_value": 100, "mostly": 0.5}),
            ("expect_column_values_to_be_between", {"column": "quantity", "min_value": 0, "row_condition": 'kind == "buy"'}),
            ("expect_column_values_to_be_unique", {"column": "event_id"}),
            ("expect_table_row_count_to_be_between", {"min_value": 5}),
        ),
    )
    verdicts = checker.judge(make_batch(**CELLS), snapshot)
    assert [(verdict.status, verdict.rows, verdict.failed) for verdict in verdicts] == [
        ("failed", 4, 1),
        ("passed", 2, 1),
        ("failed", 2, 1),
        ("failed", 3 + 1, 2),
        ("failed", 0, 1),
    ]
    masks = [None if verdict.failing is None else verdict.failing.to_list() for verdict in verdicts]
    assert masks == [[False, True, False, False], [False, True, False, False], [False, False, True, False], [False, True, True, False], None]
    assert verdicts[2].filter == 'kind == "buy"'
    assert render(verdicts[4].observed) == "4"
    assert all(verdict.fingerprint and verdict.message and verdict.nature == "expectation" for verdict in verdicts)


def test_a_column_or_type_that_is_not_there_spoils_only_its_own_rules(schema: Schema, make_batch: Callable[..., Batch], snapshot: Any) -> None:
    checker = Checker.build(
        schema,
        steps(
            ("expect_column_values_to_not_be_null", {"column": "kind"}),
            ("expect_column_values_to_be_between", {"column": "price", "min_value": 0}),
            ("expect_column_values_to_not_be_in_future", {"column": "ts"}),
            ("expect_column_values_to_not_be_null", {"column": "user_id"}),
        ),
    )
    batch = make_batch(**CELLS)
    broken = replace(batch, rows=batch.rows.drop("kind", "ts").with_columns(pl.col("price").cast(pl.String)))
    assert [verdict.status for verdict in checker.judge(broken, snapshot)] == ["not_evaluated", "not_evaluated", "not_evaluated", "failed"]


def test_whole_table_rules_are_skipped_for_parts(schema: Schema, make_batch: Callable[..., Batch], snapshot: Any) -> None:
    checker = Checker.build(
        schema,
        steps(
            ("expect_table_row_count_to_be_between", {"min_value": 5}),
            ("expect_column_mean_to_be_between", {"column": "price", "min_value": 5}),
            ("expect_batch_to_be_fresh", {"column": "ts", "max_age": "1d"}),
            ("expect_column_values_to_not_be_null", {"column": "user_id"}),
        ),
    )
    assert [verdict.status for verdict in checker.judge(make_batch(whole=False, **CELLS), snapshot)] == ["skipped", "skipped", "skipped", "failed"]


def test_columns_are_those_of_the_file(schema: Schema, make_batch: Callable[..., Batch], snapshot: Any) -> None:
    checker = Checker.build(schema, steps(("expect_column_to_exist", {"column": "price"}), ("expect_column_to_exist", {"column": "extra"})))
    batch = make_batch(columns=("event_id", "extra"), **CELLS)
    assert [verdict.status for verdict in checker.judge(batch, snapshot)] == ["failed", "passed"]


def test_own_rules_take_mostly_and_row_condition(schema: Schema, make_batch: Callable[..., Batch], make_snapshot: Callable[..., Any]) -> None:
    catalog = pl.DataFrame({"item_id": ["i1"]})
    name, settings = "expect_column_values_to_exist_in_dataset", {"column": "item_id", "dataset": "catalog"}
    checker = Checker.build(schema, steps((name, settings), (name, {**settings, "mostly": 0.6}), (name, {**settings, "row_condition": "kind == 'view'"})))
    plain, mostly, among = checker.judge(make_batch(**CELLS), make_snapshot(catalog=catalog))
    assert (plain.status, plain.rows, plain.failed) == ("failed", 3, 1)
    assert (mostly.status, mostly.failed) == ("passed", 1)
    assert (among.status, among.rows, among.failed) == ("passed", 1, 0)
    assert checker.references == {"catalog"}


def test_no_value_is_told(schema: Schema, make_batch: Callable[..., Batch], snapshot: Any) -> None:
    checker = Checker.build(
        schema,
        steps(
            ("expect_column_values_to_be_in_set", {"column": "kind", "value_set": ["buy"]}),
            ("expect_column_distinct_values_to_be_in_set", {"column": "kind", "value_set": ["buy"]}),
            ("expect_column_most_common_value_to_be_in_set", {"column": "kind", "value_set": ["view"]}),
            ("expect_column_max_to_be_between", {"column": "ip", "max_value": "3"}),
            ("expect_column_unique_value_count_to_be_between", {"column": "ip", "max_value": 0}),
        ),
    )
    texts = [render(verdict.message) + render(verdict.observed) for verdict in checker.judge(make_batch(**CELLS), snapshot)]
    assert not [text for text in texts if "secret" in text or "1.2.3.4" in text]
    assert checker.judge(make_batch(**CELLS), snapshot)[4].observed == EMPTY


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_a_rule_that_judges_nothing_has_not_passed(schema: Schema, make_batch: Callable[..., Batch], snapshot: Any, rows: int) -> None:
    checker = Checker.build(
        schema,
        steps(("expect_column_values_to_be_between", {"column": "price", "min_value": 0}), ("expect_column_values_to_be_unique", {"column": "item_id"})),
    )
    for verdict in checker.judge(make_batch(price=[None] * rows), snapshot):
        assert (verdict.status, verdict.rows, verdict.failed) == ("not_evaluated" if rows else "skipped", 0, 0)
        assert verdict.failing is None


def test_reserved_columns_stay_outside(schema: Schema, make_batch: Callable[..., Batch], snapshot: Any) -> None:
    checker = Checker.build(schema, steps(("expect_table_column_count_to_equal", {"value": len(schema.names)})))
    batch = replace(make_batch(**CELLS), columns=None)
    assert ROW in batch.rows.columns
    assert checker.judge(batch, snapshot)[0].status == "passed"


def test_own_rules_alone_import_no_great_expectations() -> None:
    program = """
import sys
from checks.checker import Checker
from checks.schema import SchemaJudge
from checks.suggest import suggest
from sluice.config import Step
from sluice.domain import Column, Schema
Checker.build(Schema("t", columns=(Column("id"),)), [Step(name="expect_column_values_to_exist_in_dataset", settings={"column": "id", "dataset": "u"})])
print([name for name in ("great_expectations", "pandas", "torch", "pyod") if name in sys.modules])
"""
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip() == "[]"
