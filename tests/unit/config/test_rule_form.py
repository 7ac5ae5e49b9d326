"""The form offers what fits a column, and knows what every setting takes."""

from __future__ import annotations

import pytest

from sluice.config.expectation_settings import GX_EXPECTATIONS, OWN_EXPECTATIONS
from sluice.config.rule_form import expectations_for, fields_of


@pytest.mark.parametrize("column_type", ["string", "integer", "number", "boolean", "date", "timestamp"])
def test_every_expectation_about_a_column_has_its_fields(column_type: str) -> None:
    for name in expectations_for(column_type):
        fields = {field.name: field for field in fields_of(name)}
        assert fields["column"].required
        assert fields.keys() <= OWN_EXPECTATIONS.get(name, GX_EXPECTATIONS.get(name, frozenset()))


def test_settings_are_offered_by_what_they_take() -> None:
    kinds = {field.name: field.kind for field in fields_of("expect_column_values_to_be_between")}
    assert kinds == {"column": "column", "min_value": "limit", "max_value": "limit", "strict_min": "flag", "strict_max": "flag"}
    reference = {field.name: (field.kind, field.required) for field in fields_of("expect_column_values_to_match_reference")}
    assert reference == {
        "column": ("column", True),
        "dataset": ("dataset", True),
        "key": ("column", True),
        "reference_column": ("other_column", False),
        "tolerance": ("number", False),
    }


def test_an_expectation_that_needs_sql_is_not_offered() -> None:
    offered = {name for column_type in (None, "string", "number", "timestamp") for name in expectations_for(column_type)}
    assert {"unexpected_rows_expectation", "expect_query_results_to_match_comparison", "expect_table_row_count_to_equal_other_table"}.isdisjoint(offered)
    assert "expect_table_row_count_to_be_between" in offered
