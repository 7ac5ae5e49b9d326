from __future__ import annotations

from pathlib import Path

import pytest

from checks.column_types import misfits
from sluice.config import load
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
    assert [setting for setting, _ in misfits(name, settings, SCHEMA)] == wrong


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
