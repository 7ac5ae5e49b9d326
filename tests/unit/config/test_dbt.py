"""Tests of a dbt project read from its manifest and its schema.yml, and the rules that they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sluice.config import Config, Step, read
from sluice.config.dbt_rules import rule_ids, rule_of_test, same_rule
from sluice.config.dbt_tests import DbtTest, read_dbt_tests
from sluice.domain import Message
from sluice.errors import UsageError
from sluice.messages import render

CONFIG = b"""
datasets:
  customers: {source: {files: c.csv}, columns: {id: {type: string}}}
  orders:
    source: {files: o.csv}
    columns: {id: {type: integer}, customer: {type: string}, status: {type: string}, total: {type: number}, note: {type: string}}
"""
NAMES = {"customers": "customers", "stg_orders": "orders"}


@pytest.fixture
def config() -> Config:
    return read(CONFIG, "sluice.yaml", {})


def as_test(name: str, column: str = "", settings: dict[str, object] | None = None, **arguments: object) -> DbtTest:
    return DbtTest("test.shop.a", "stg_orders", name, column, arguments, settings or {})


def rule(config: Config, test: DbtTest) -> Step | Message:
    return rule_of_test(test, config.datasets["orders"], NAMES)


@pytest.mark.parametrize(
    ("test", "name", "settings"),
    [
        (as_test("not_null", "id"), "expect_column_values_to_not_be_null", {"column": "id"}),
        (as_test("unique", "id", {"severity": "WARN"}), "expect_column_values_to_be_unique", {"column": "id", "severity": "warning"}),
        (
            as_test("accepted_values", "status", values=["a", 1, True, None]),
            "expect_column_values_to_be_in_set",
            {"column": "status", "value_set": ["a", "1", "true"]},
        ),
        (as_test("accepted_values", "id", values=["1", "2"]), "expect_column_values_to_be_in_set", {"column": "id", "value_set": [1, 2]}),
        (as_test("accepted_values", "total", values=["1.5"]), "expect_column_values_to_be_in_set", {"column": "total", "value_set": [1.5]}),
        (
            as_test("relationships", "customer", to="ref('customers')", field="id"),
            "expect_column_values_to_exist_in_dataset",
            {"column": "customer", "dataset": "customers", "reference_column": "id"},
        ),
        (
            as_test("relationships", "id", to="source('s', 'customers')", field="id"),
            "expect_column_values_to_exist_in_dataset",
            {"column": "id", "dataset": "customers"},
        ),
        (as_test("dbt_utils.accepted_range", "total", min_value=0), "expect_column_values_to_be_between", {"column": "total", "min_value": 0}),
        (
            as_test("dbt_utils.accepted_range", "total", min_value=0, max_value=9, inclusive=False),
            "expect_column_values_to_be_between",
            {"column": "total", "min_value": 0, "max_value": 9, "strict_min": True, "strict_max": True},
        ),
        (
            as_test("dbt_utils.unique_combination_of_columns", combination_of_columns=["id", "status"]),
            "expect_compound_columns_to_be_unique",
            {"column_list": ["id", "status"]},
        ),
        (as_test("dbt_utils.not_empty_string", "note"), "expect_column_value_lengths_to_be_between", {"column": "note", "min_value": 1}),
        (as_test("dbt_utils.not_null_proportion", "note", at_least=0.9), "expect_column_values_to_not_be_null", {"column": "note", "mostly": 0.9}),
        (
            as_test("dbt_expectations.expect_column_values_to_match_regex", "note", regex="^a"),
            "expect_column_values_to_match_regex",
            {"column": "note", "regex": "^a"},
        ),
        (
            as_test("not_null", "note", {"where": "status <> 'a=b' AND total = 3 OR note IS NOT NULL"}),
            "expect_column_values_to_not_be_null",
            {"column": "note", "row_condition": "status != 'a=b' and total == 3 or note is not null"},
        ),
    ],
)
def test_a_test_is_the_rule_that_finds_the_same_rows(config: Config, test: DbtTest, name: str, settings: dict[str, object]) -> None:
    assert rule(config, test) == Step(name=name, settings=settings)


@pytest.mark.parametrize(
    ("test", "reason"),
    [
        (as_test("dbt_utils.expression_is_true", expression="a > b"), "no rule is like dbt_utils.expression_is_true"),
        (as_test(""), "no rule is like SQL"),
        (as_test("my_own", "id"), "no rule is like my_own"),
        (as_test("accepted_values", "status", values=[]), "no rule is like accepted_values"),
        (as_test("accepted_values", "status", values=[None]), "no rule is like accepted_values"),
        (as_test("dbt_utils.not_null_proportion", "note", at_least=0.5, at_most=0.9), "no rule is like dbt_utils.not_null_proportion"),
        (
            as_test("dbt_expectations.expect_column_values_to_match_regex", "note", regex="^(?=a)b"),
            "no rule is like dbt_expectations.expect_column_values_to_match_regex",
        ),
        (as_test("dbt_utils.accepted_range", "total"), "no rule is like dbt_utils.accepted_range"),
        (as_test("dbt_utils.accepted_range", "total", min_value="current_date"), "no rule is like dbt_utils.accepted_range"),
        (
            as_test("dbt_expectations.expect_column_values_to_match_regex", "note", regex="a", row_condition="b"),
            "no rule is like dbt_expectations.expect_column_values_to_match_regex",
        ),
        (as_test("not_null"), "no rule is like not_null"),
        (as_test("not_null", "gone"), "the dataset declares no column gone"),
        (as_test("dbt_utils.unique_combination_of_columns", combination_of_columns=["id", "gone"]), "the dataset declares no column gone"),
        (as_test("relationships", "customer", to="ref('people')", field="id"), "no dataset stands for people; name it with --map people=DATASET"),
        (as_test("not_null", "id", {"error_if": "> 10"}), "no rule has error_if: > 10"),
        (as_test("not_null", "id", {"fail_calc": "sum(n)"}), "no rule has fail_calc: sum(n)"),
        (as_test("not_null", "id", {"where": "at > current_date"}), "no rule has where: at > current_date"),
        (as_test("not_null", "id", {"where": "total = 'x'"}), "total is of type number; write a number, not 'x'"),
    ],
)
def test_what_is_no_rule_has_its_reason(config: Config, test: DbtTest, reason: str) -> None:
    message = rule(config, test)
    assert isinstance(message, Message)
    assert render(message) == reason


def test_rules_are_the_same_whoever_is_told() -> None:
    first = Step(name="a", settings={"column": "b", "severity": "warning"})
    assert same_rule(first, Step(name="a", settings={"column": "b", "on_fail": "flag", "description": "c"}))
    assert not same_rule(first, Step(name="a", settings={"column": "b", "mostly": 0.9}))
    assert not same_rule(first, Step(name="a", settings={"column": "b", "row_condition": "c > 1"}))
    assert rule_ids([first, Step(name="a"), first, Step(name="c", settings={"column_list": ["x", "y"]})]) == ["a:b", "a", "a:b#2", "c:x,y"]


def node(number: int, **more: object) -> dict[str, object]:
    return {"resource_type": "test", "unique_id": f"test.shop.t{number}", "config": {"severity": "ERROR", "enabled": True}, "depends_on": {"nodes": []}, **more}


def test_a_manifest_names_each_test_with_its_model(tmp_path: Path) -> None:
    kwargs = {"column_name": "id", "model": "{{ get_where_subquery(ref('stg_orders')) }}", "to": "ref('customers')", "field": "id"}
    nodes: dict[str, Any] = {
        "a": node(1, column_name="id", test_metadata={"name": "relationships", "kwargs": kwargs, "namespace": None}),
        "b": node(
            2,
            test_metadata={"name": "accepted_range", "kwargs": {"column_name": "n", "min_value": 0}, "namespace": "dbt_utils"},
            attached_node="model.shop.orders",
        ),
        "c": node(3, depends_on={"nodes": ["model.shop.orders"]}),
        "d": node(4, config={"enabled": False}),
        "e": {"resource_type": "model", "unique_id": "model.shop.orders"},
    }
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({"metadata": {}, "nodes": nodes}))
    first, second, third = read_dbt_tests(path)
    assert (first.id, first.model, first.name, first.column) == ("test.shop.t1", "stg_orders", "relationships", "id")
    assert first.arguments == {"to": "ref('customers')", "field": "id"}
    assert (second.model, second.name, second.column, second.arguments) == ("orders", "dbt_utils.accepted_range", "n", {"min_value": 0})
    assert (third.model, third.name) == ("orders", "")


SCHEMA = """
version: 2
sources: [{name: raw, tables: [{name: orders, columns: [{name: id, tests: [not_null]}]}]}]
models:
  - name: stg_orders
    data_tests: [{dbt_utils.unique_combination_of_columns: {arguments: {combination_of_columns: [a, b]}}}]
    columns:
      - {name: id, data_tests: [unique, {not_null: {severity: warn}}, {name: own, test_name: accepted_values, values: [1], config: {where: "a = 1"}}]}
      - {name: b, data_tests: [{not_null: {config: {enabled: false}}}]}
"""


def test_a_schema_names_models_and_tables_of_sources(tmp_path: Path) -> None:
    path = tmp_path / "schema.yml"
    path.write_text(SCHEMA)
    tests = read_dbt_tests(path)
    assert [(test.id, test.model) for test in tests] == [
        ("stg_orders.dbt_utils.unique_combination_of_columns", "stg_orders"),
        ("stg_orders.id.unique", "stg_orders"),
        ("stg_orders.id.not_null", "stg_orders"),
        ("stg_orders.id.accepted_values", "stg_orders"),
        ("orders.id.not_null", "orders"),
    ]
    assert tests[0].arguments == {"combination_of_columns": ["a", "b"]}
    assert (tests[2].settings, tests[2].arguments) == ({"severity": "warn"}, {})
    assert (tests[3].settings, tests[3].arguments) == ({"where": "a = 1"}, {"values": [1]})


@pytest.mark.parametrize(
    ("name", "text"), [("m.json", "{"), ("m.json", "[]"), ("s.yml", "version: 2"), ("s.yml", "a: ["), ("s.yml", "models: [{columns: []}]"), ("s.yml", "")]
)
def test_what_is_no_project_is_told(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UsageError, match=r"is neither a manifest\.json of dbt nor a schema\.yml"):
        read_dbt_tests(tmp_path / name)
    with pytest.raises(UsageError, match="cannot be read"):
        read_dbt_tests(tmp_path / "none.json")


@pytest.mark.parametrize("written", ["7", "{}", "[a]"])
def test_a_schema_with_a_test_of_no_name_is_refused(written: str, tmp_path: Path) -> None:
    path = tmp_path / "schema.yml"
    path.write_text(f"models: [{{name: orders, columns: [{{name: id, data_tests: [not_null, {written}]}}]}}]", encoding="utf-8")
    with pytest.raises(UsageError, match=r"schema\.yml is neither"):
        read_dbt_tests(path)
