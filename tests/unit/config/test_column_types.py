from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sluice.config import load
from sluice.config.column_types import misfits
from sluice.config.row_condition import comparisons
from sluice.domain import Column, Schema
from sluice.errors import ConfigError
from sluice.wiring.steps import build_steps

SCHEMA = Schema(
    "orders",
    columns=(
        Column("at", "timestamp"),
        Column("day", "date"),
        Column("status"),
        Column("count", "integer"),
        Column("price", "number"),
        Column("paid", "boolean"),
    ),
)


@pytest.mark.parametrize(
    ("name", "settings", "wrong"),
    [
        ("expect_column_values_to_be_between", {"column": "at", "min_value": 0, "max_value": 2e12}, ["min_value", "max_value"]),
        ("expect_column_values_to_be_between", {"column": "day", "min_value": "2026-01-01"}, []),
        ("expect_column_values_to_be_between", {"column": "price", "min_value": "2026-01-01"}, ["min_value"]),
        ("expect_column_values_to_be_between", {"column": "price", "min_value": {"$PARAMETER": "low"}, "max_value": 3}, []),
        ("expect_column_values_to_be_between", {"column": "status", "max_value": 3}, ["max_value"]),
        ("expect_column_max_to_be_between", {"column": "count", "max_value": 3.5}, []),
        ("expect_column_median_to_be_between", {"column": "at", "min_value": 1}, ["column"]),
        ("expect_column_values_to_be_in_set", {"column": "status", "value_set": ["a", 1]}, ["value_set"]),
        ("expect_column_values_to_be_in_set", {"column": "count", "value_set": ["1", "2"]}, ["value_set"]),
        ("expect_column_values_to_be_in_set", {"column": "count", "value_set": [1, 2, None]}, []),
        ("expect_column_values_to_be_in_set", {"column": "paid", "value_set": [True]}, []),
        ("expect_column_values_to_match_regex", {"column": "day", "regex": "^2026"}, ["column"]),
        ("expect_column_values_to_match_regex", {"column": "count", "regex": "^1"}, []),
        ("expect_column_values_to_not_be_in_future", {"column": "status"}, ["column"]),
        ("expect_batch_to_be_fresh", {"column": "day", "max_age": "1d"}, []),
        ("expect_column_values_to_be_close_to_history", {"column": "status", "key": "count"}, ["column"]),
        ("expect_column_pair_values_a_to_be_greater_than_b", {"column_A": "at", "column_B": "price"}, ["column_B"]),
        ("expect_column_pair_values_a_to_be_greater_than_b", {"column_A": "at", "column_B": "day"}, []),
        ("expect_column_values_to_be_between", {"column": "elsewhere", "min_value": "a"}, []),
    ],
)
def test_settings_fit_the_type_of_their_column(name: str, settings: dict[str, object], wrong: list[str]) -> None:
    assert [setting for setting, _ in misfits(name, settings, {column.name: column.type for column in SCHEMA.columns})] == wrong


def test_a_limit_that_no_longer_fits_is_an_error_with_its_line(tmp_path: Path) -> None:
    text = """datasets:
  orders:
    source: {files: "*.csv"}
    columns:
      at: {type: timestamp}
    suite:
      - expect_column_values_to_be_between:
          column: at
          min_value: 1700000000
"""
    (tmp_path / "sluice.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        build_steps(load(tmp_path / "sluice.yaml"), tmp_path / "sluice.yaml", "orders")
    (problem,) = caught.value.problems
    assert problem.line == 9
    assert 'at is of type timestamp; write a date such as "2026-11-27", not 1700000000' in problem.message


def load_with(folder: Path, suite: str) -> list[tuple[int, str, str]]:
    """The mistakes of a configuration with a suite: line, place, message."""
    columns = "{at: {type: timestamp}, price: {type: number}, kind: {type: string}}"
    (folder / "sluice.yaml").write_text(f'datasets:\n  orders:\n    source: {{files: "*.csv"}}\n    columns: {columns}\n    suite:{suite}', encoding="utf-8")
    try:
        load(folder / "sluice.yaml")
    except ConfigError as error:
        return [(problem.line, problem.where, problem.message) for problem in error.problems]
    return []


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ('kind == "a" and price > 0', ""),
        ('at >= "2026-01-01" or kind in ("a", "b")', ""),
        ('price > "5"', "price is of type number; write a number, not '5'"),
        ('at > "soon"', "at is of type timestamp; write a date such as \"2026-11-27\", not 'soon'"),
        ("colour is null", "there is no column colour"),
        ("price >", "the row condition cannot be read from 'price >' on: write a comparison such as price > 0 or kind is not null"),
    ],
)
def test_a_row_condition_is_checked_when_the_configuration_is_read(tmp_path: Path, condition: str, message: str) -> None:
    suite = f"\n      - expect_column_values_to_not_be_null:\n          column: kind\n          row_condition: {json.dumps(condition)}\n"
    place = "datasets.orders.suite.0.expect_column_values_to_not_be_null.row_condition"
    assert load_with(tmp_path, suite) == ([(8, place, message)] if message else [])


def test_severity_and_other_shared_settings_are_checked_when_the_configuration_is_read(tmp_path: Path) -> None:
    suite = """
      - expect_column_values_to_not_be_null: {column: kind, severity: fatal}
      - expect_column_values_to_not_be_null: {column: kind, mostly: most, on_fail: drop}
"""
    assert [(line, place.rpartition(".")[2], message) for line, place, message in load_with(tmp_path, suite)] == [
        (6, "severity", "must be 'critical', 'warning' or 'info'"),
        (7, "on_fail", "must be 'quarantine', 'repair', 'flag' or 'block'"),
        (7, "mostly", "must be a valid number, unable to parse string as a number"),
    ]


def test_limits_left_on_a_column_whose_type_became_text_are_errors_with_their_lines(tmp_path: Path) -> None:
    suite = """
      - expect_column_values_to_be_between: {column: kind, min_value: 0.0, max_value: 9.5}
      - expect_column_median_to_be_between: {column: kind, min_value: 1}
      - expect_column_values_to_be_between: {column: price, min_value: 0}
"""
    assert [(line, message) for line, _, message in load_with(tmp_path, suite)] == [
        (6, 'kind is of type string; write text within quotes, such as "1", not 0.0'),
        (6, 'kind is of type string; write text within quotes, such as "1", not 9.5'),
        (7, "kind is of type string, which is no number"),
    ]


def test_a_suite_in_json_is_checked_when_the_configuration_is_read(tmp_path: Path) -> None:
    expectations = [
        {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "kind"}},
        {"type": "expect_column_values_to_be_between", "kwargs": {"column": "at", "min_value": 5}},
        {"type": "expect_column_values_to_be_in_set", "kwargs": {"column": "kin", "value_set": ["a"]}},
        {"type": "expect_magic", "kwargs": {}},
    ]
    (tmp_path / "suite.json").write_text(json.dumps({"expectations": expectations}, indent=1))
    assert [(line, message.partition("; ")[0]) for line, _, message in load_with(tmp_path, " suite.json\n")] == [
        (5, "suite.json:13: expect_column_values_to_be_between.min_value: at is of type timestamp"),
        (5, "suite.json:19: expect_column_values_to_be_in_set.column: orders declares no column kin"),
        (5, "suite.json:25: expect_magic: there is no such expectation"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"expectations": [,]}', "is no Great Expectations suite in JSON: line 1: Expecting value"),
        ("{}", "is no Great Expectations suite in JSON"),
        (None, "cannot be read: No such file or directory"),
    ],
)
def test_a_suite_in_json_that_cannot_be_read_is_named(tmp_path: Path, text: str | None, message: str) -> None:
    if text is not None:
        (tmp_path / "suite.json").write_text(text)
    ((line, place, report),) = load_with(tmp_path, " suite.json\n")
    assert (line, place) == (5, "datasets.orders.suite") and message in report


_WORDS = st.sampled_from(
    ["kind", "price", "and", "or", "is", "not", "null", "in", "(", ")", ",", "==", ">=", '"a"', "'b'", "1", "-2.5", "true", "col", '"unit price"']
)


@given(st.lists(_WORDS, max_size=9).map(" ".join))
@example('col("unit price") > 1.5 and kind not in ("a", "b")')
@example("kind is not null or price == -1")
def test_what_is_read_of_a_row_condition_is_what_great_expectations_gets(text: str) -> None:
    from checks.polars_engine import parse_row_condition

    def columns(condition: Any) -> list[str]:
        parts = getattr(condition, "conditions", None)
        return [name for part in parts for name in columns(part)] if parts else [condition.column.name]

    try:
        expected = columns(parse_row_condition(text))
    except ValueError:
        with pytest.raises(ValueError, match="cannot be read"):
            list(comparisons(text))
    else:
        assert [comparison.column for comparison in comparisons(text)] == expected
