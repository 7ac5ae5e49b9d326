"""A dataset's steps are built once, and each mistake in them is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks import suite
from checks.rule import Rule
from sluice.config import Step, load
from sluice.domain import Schema
from sluice.errors import ConfigError
from sluice.wiring.steps import build_steps

TEXT = """datasets:
  orders:
    source: {files: "*.csv"}
    columns:
      id: {type: string}
      price: {type: number}
    suite:
      - expect_column_values_to_not_be_null: {column: id}
      - expect_column_values_to_not_be_null: {column: id, row_condition: 'price > 1'}
      - expect_column_values_to_be_between: {column: price, min_value: 0}
"""

CONVERSIONS = """datasets:
  rates:
    source: {files: "rates.csv"}
    columns: {currency: {type: string}, rate: {type: number}, date: {type: date}}
  orders:
    source: {files: "*.csv"}
    columns:
      id: {type: string}
      price: {type: number}
      shipping: {type: number}
      tax: {type: number}
      currency: {type: string}
      country: {type: string}
    clean:
      - convert_currency: {column: price, also: [tax], currency_column: currency, to: EUR, dataset: rates}
      - parse
      - convert_currency: {column: shipping, currency_column: currency, to: EUR, dataset: rates}
"""


def test_every_rule_is_built_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []
    build = suite._build

    def count(schema: Schema, step: Step, scorers: None) -> Rule:
        built.append(step.name)
        return build(schema, step, scorers)

    monkeypatch.setattr(suite, "_build", count)
    path = tmp_path / "sluice.yaml"
    path.write_text(TEXT, encoding="utf-8")
    steps = build_steps(load(path), path, "orders").steps
    checker = next(judge for judge in steps.judges if hasattr(judge, "rules"))
    names = ["expect_column_values_to_not_be_null:id", "expect_column_values_to_not_be_null:id#2", "expect_column_values_to_be_between:price"]
    assert [rule.id for rule in checker.rules] == names
    assert len(built) == len(names)


def test_a_second_conversion_by_one_column_of_currencies_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sluice.yaml"
    path.write_text(CONVERSIONS, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        build_steps(load(path), path, "orders")
    (problem,) = caught.value.problems
    assert (problem.line, problem.where) == (17, "datasets.orders.clean.2")
    assert "an earlier step converts by currency" in problem.message
    path.write_text(CONVERSIONS.replace("shipping, currency_column: currency", "shipping, currency_column: country"), encoding="utf-8")
    build_steps(load(path), path, "orders")
