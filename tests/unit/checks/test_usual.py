"""A plan made without Great Expectations is the plan that Great Expectations makes."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.polars_core import Metric, Plan
from checks.polars_core.metrics import distinct
from checks.polars_core.summaries import MAX_RESULT_RECORDS
from checks.polars_core.usual import _KINDS, plan_usual

COLUMN, PAIR, SEVERAL = {"column": "c"}, {"column_A": "a", "column_B": "b"}, {"column_list": ["a", "b"]}
BY_COLUMN: dict[str, dict[str, Any]] = {"column": COLUMN, "column_A": PAIR, "column_list": SEVERAL}
LIMITS: list[dict[str, Any]] = [{"min_value": 0}, {"max_value": 5}, {"min_value": 1, "max_value": 5, "strict_min": True, "strict_max": True}]
SETTINGS: dict[str, list[dict[str, Any]]] = {
    "value_set": [{"value_set": ["a", "b"]}, {"value_set": [1, 2.5]}],
    "regex": [{"regex": "^a$"}],
    "value": [{"value": 8}],
    "strictly": [{}, {"strictly": True}],
    "or_equal": [{}, {"or_equal": True}, {"or_equal": False}],
    "min_value": LIMITS,
}


def cases() -> list[tuple[str, dict[str, Any]]]:
    """Each usual expectation with each of its settings; those about rows with `mostly` too."""
    written = []
    for name, kind in _KINDS.items():
        first = kind.columns[0] if kind.columns else ""
        columns = BY_COLUMN.get(first, {})
        variants = SETTINGS[next(iter(kind.settings))] if kind.settings else [{}]
        written += [(name, {**columns, **variant}) for variant in variants]
        written += [(name, {**columns, **variant, "mostly": 0.9}) for variant in variants if kind.in_rows]
    return written


def great(name: str, kwargs: dict[str, Any]) -> Plan:
    """The plan of Great Expectations."""
    from checks.gx_factory import build_plan

    return build_plan(name, kwargs)


def contents(plan: Plan) -> tuple[object, ...]:
    """What decides a plan; of a domain only what is set."""
    metrics = plan.metrics.values()
    domains = [{name: value for name, value in metric.domain.items() if value is not None} for metric in metrics]
    return [*plan.metrics], [metric.name for metric in metrics], domains, [dict(metric.settings) for metric in metrics], plan.map_metric, plan.mostly


@pytest.mark.parametrize(("name", "kwargs"), cases())
def test_plan_is_that_of_great_expectations(name: str, kwargs: dict[str, Any]) -> None:
    plan = plan_usual(name, kwargs)
    assert plan is not None
    assert contents(plan) == contents(great(name, kwargs))


STATISTICS = [name for name, kind in _KINDS.items() if not kind.in_rows]
VALUES = st.none() | st.integers(-10, 10) | st.floats() | st.sampled_from([Decimal("2.5"), "text", date(2026, 3, 1), datetime(2026, 3, 1, tzinfo=UTC)])


def answer_of(plan: Plan, value: object) -> object:
    """The answer of a plan to a value of its metric; the type of the error where it raises one."""
    assert plan.answer is not None
    try:
        return plan.answer(dict.fromkeys(plan.metrics, value))
    except Exception as error:  # noqa: BLE001  # the kind of the error is compared
        return type(error)


@pytest.mark.parametrize("name", STATISTICS)
@given(value=VALUES, limits=st.sampled_from(LIMITS))
def test_answer_is_that_of_great_expectations(name: str, value: object, limits: dict[str, Any]) -> None:
    kwargs = {**(COLUMN if _KINDS[name].columns else {}), **limits}
    plan = plan_usual(name, kwargs)
    assert plan is not None
    assert answer_of(plan, value) == answer_of(great(name, kwargs), value)


@pytest.mark.parametrize(
    ("name", "kwargs"),
    [
        ("expect_column_values_to_be_between", {**COLUMN, "min_value": date(2026, 3, 1)}),
        ("expect_column_values_to_be_between", {**COLUMN, "min_value": "1"}),
        ("expect_column_values_to_be_between", COLUMN),
        ("expect_column_values_to_be_between", {**COLUMN, "min_value": 2, "max_value": 1}),
        ("expect_column_values_to_be_in_set", {**COLUMN, "value_set": []}),
        ("expect_column_values_to_be_in_set", COLUMN),
        ("expect_column_values_to_not_be_null", {**COLUMN, "row_condition": "c > 1"}),
        ("expect_column_values_to_not_be_null", {**COLUMN, "meta": {}}),
        ("expect_column_values_to_not_be_null", {**COLUMN, "mostly": 2}),
        ("expect_column_values_to_not_be_null", {}),
        ("expect_compound_columns_to_be_unique", {"column_list": ["a", "a"]}),
        ("expect_column_values_to_match_strftime_format", {**COLUMN, "strftime_format": "%Y"}),
    ],
)
def test_leaves_what_is_unusual_to_great_expectations(name: str, kwargs: dict[str, Any]) -> None:
    assert plan_usual(name, kwargs) is None


def test_lists_as_many_values_as_great_expectations() -> None:
    from great_expectations import constants

    assert (MAX_RESULT_RECORDS, distinct.MAX_DISTINCT_VALUES) == (constants.MAX_RESULT_RECORDS, constants.MAX_DISTINCT_VALUES)


def test_a_usual_suite_does_not_import_great_expectations() -> None:
    code = """
import sys
from checks.checker import Checker
from sluice.config import Step
from sluice.domain import Column, Schema
from sluice.testing import MemorySnapshot, make_batch
schema = Schema("items", columns=(Column("price", "number"),))
steps = [Step(name="expect_column_values_to_be_between", settings={"column": "price", "min_value": 0})]
(verdict,) = Checker.build(schema, steps).judge(make_batch(schema, {"price": [1.0, -1.0]}), MemorySnapshot())
print(verdict.status, "great_expectations" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() == ["failed", "False"]


def test_two_plans_of_one_definition_are_equal() -> None:
    assert Plan({"a": Metric("a", COLUMN)}) == Plan({"a": Metric("a", COLUMN)}, problem=ValueError())
