"""What is misnamed in a suite is found when the configuration is read, all of it at once, with its line."""

from __future__ import annotations

import dataclasses
import importlib
from typing import Any

import pytest

from checks import gx_factory
from checks.expectations import EXPECTATIONS
from sluice.config.expectation_settings import GX_EXPECTATIONS, GX_SETTINGS, OWN_EXPECTATIONS, SHARED_SETTINGS
from sluice.config.load import read
from sluice.errors import ConfigError

YAML = """\
datasets:
  article:
    source: {files: "landing/article*.csv"}
    columns: {sku: {type: string}, price: {type: number}}
    suite:
      - expect_column_values_to_not_be_nul: {column: sku}
      - expect_column_values_to_not_be_null: {colum: sku}
      - expect_column_values_to_be_between: {column: prise, min_value: 0}
  orders:
    source: {files: "landing/orders*.csv"}
    columns: {sku: {type: string}, at: {type: timestamp}}
    claen: []
    suite:
      - expect_column_values_to_exist_in_dataset: {column: sku, dataset: artikle, reference_column: sku}
      - expect_column_values_to_match_reference: {column: sku, dataset: article, key: skus}
      - expect_compound_columns_to_be_unique: {column_list: [sku, att]}
      - expect_column_to_exist: {column: gone}
"""


def test_every_mistake_is_listed_with_its_line_and_the_nearest_name() -> None:
    with pytest.raises(ConfigError) as error:
        read(YAML.encode(), "sluice.yaml", {})
    assert [(problem.line, problem.message) for problem in error.value.problems] == [
        (6, "there is no such expectation; did you mean expect_column_values_to_not_be_null?"),
        (7, "unknown setting; did you mean column?"),
        (8, "article declares no column prise; did you mean price?"),
        (12, "unknown key; did you mean clean?"),
        (14, "there is no dataset artikle; did you mean article?"),
        (15, "orders declares no column skus; did you mean sku?"),
        (15, "article declares no column skus; did you mean sku?"),
        (16, "orders declares no column att; did you mean at?"),
    ]


def test_a_right_suite_and_former_names_are_read() -> None:
    steps = "[{expect_column_values_to_stay_near_past: {column: price}}, {expect_column_to_exist: {column: x}}, expect_table_row_count_to_match_weekday]"
    text = f"datasets: {{items: {{source: {{files: i.csv}}, columns: {{price: {{type: number}}}}, suite: {steps}}}}}"
    assert len(read(text.encode(), "sluice.yaml", {}, quiet=True).datasets["items"].suite) == 3


def test_the_listed_settings_are_those_of_the_classes() -> None:
    own = {}
    for name, address in EXPECTATIONS.items():
        module, _, attribute = address.partition(":")
        own[name] = {field.name for field in dataclasses.fields(getattr(importlib.import_module(module), attribute))} - {"schema", "scorers"}
    assert own == OWN_EXPECTATIONS
    registry: Any = gx_factory  # which imports Great Expectations in the order that its warnings need
    classes = {name: registry.get_expectation_impl(name) for name in registry.list_registered_expectation_implementations()}
    fields = {name: set(cls.__fields__) for name, cls in classes.items() if cls.__module__.startswith("great_expectations.")}  # others register their own
    assert set.intersection(*fields.values()) == GX_SETTINGS | {"severity", "description"}
    assert {name: names - GX_SETTINGS - SHARED_SETTINGS for name, names in fields.items()} == GX_EXPECTATIONS


def test_a_cleaner_that_reads_an_undeclared_dataset_is_refused_with_the_nearest_name() -> None:
    labels = "labels: {source: {files: a.csv}, columns: {row: {}}}"
    text = f"datasets: {{{labels}, beers: {{source: {{files: b.csv}}, columns: {{size: {{}}}}, clean: [cell_errors: {{dataset: label}}]}}}}"
    with pytest.raises(ConfigError, match=r"there is no dataset label.*did you mean labels"):
        read(text.encode(), "sluice.yaml", {})
