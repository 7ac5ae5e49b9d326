"""Describe the expectations of Great Expectations: the dimension that each scores in, and a sentence for people."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.domain import Dimension

DIMENSIONS: Mapping[str, Dimension] = {
    "expect_column_distinct_values_to_be_in_set": "validity",
    "expect_column_distinct_values_to_contain_set": "completeness",
    "expect_column_distinct_values_to_equal_set": "validity",
    "expect_column_max_to_be_between": "validity",
    "expect_column_mean_to_be_between": "accuracy",
    "expect_column_median_to_be_between": "accuracy",
    "expect_column_min_to_be_between": "validity",
    "expect_column_most_common_value_to_be_in_set": "accuracy",
    "expect_column_pair_values_a_to_be_greater_than_b": "consistency",
    "expect_column_pair_values_to_be_equal": "consistency",
    "expect_column_pair_values_to_be_in_set": "consistency",
    "expect_column_proportion_of_non_null_values_to_be_between": "completeness",
    "expect_column_proportion_of_unique_values_to_be_between": "uniqueness",
    "expect_column_quantile_values_to_be_between": "accuracy",
    "expect_column_stdev_to_be_between": "accuracy",
    "expect_column_sum_to_be_between": "accuracy",
    "expect_column_to_exist": "completeness",
    "expect_column_unique_value_count_to_be_between": "uniqueness",
    "expect_column_values_to_be_decreasing": "consistency",
    "expect_column_values_to_be_increasing": "consistency",
    "expect_column_values_to_be_null": "completeness",
    "expect_column_values_to_be_unique": "uniqueness",
    "expect_column_values_to_not_be_null": "completeness",
    "expect_compound_columns_to_be_unique": "uniqueness",
    "expect_multicolumn_sum_to_equal": "consistency",
    "expect_multicolumn_values_to_be_equal": "consistency",
    "expect_select_column_values_to_be_unique_within_record": "consistency",
    "expect_table_column_count_to_be_between": "completeness",
    "expect_table_column_count_to_equal": "completeness",
    "expect_table_columns_to_match_ordered_list": "completeness",
    "expect_table_columns_to_match_set": "completeness",
    "expect_table_row_count_to_be_between": "volume",
    "expect_table_row_count_to_equal": "volume",
}
"""Map expectations to dimensions; those that are not named score in validity."""

_MESSAGES: Mapping[str, str] = {
    "expect_column_max_to_be_between": "the largest {column} is {bounds}",
    "expect_column_mean_to_be_between": "the mean of {column} is {bounds}",
    "expect_column_median_to_be_between": "the median of {column} is {bounds}",
    "expect_column_min_to_be_between": "the smallest {column} is {bounds}",
    "expect_column_pair_values_a_to_be_greater_than_b": "{column_A} is greater than {column_B}",
    "expect_column_pair_values_to_be_equal": "{column_A} equals {column_B}",
    "expect_column_pair_values_to_be_in_set": "{column_A} and {column_B} are one of the pairs allowed",
    "expect_column_proportion_of_non_null_values_to_be_between": "the share of rows with a {column} is {bounds}",
    "expect_column_proportion_of_unique_values_to_be_between": "the share of distinct values of {column} is {bounds}",
    "expect_column_quantile_values_to_be_between": "the quantiles of {column} are where they usually are",
    "expect_column_stdev_to_be_between": "the standard deviation of {column} is {bounds}",
    "expect_column_sum_to_be_between": "the sum of {column} is {bounds}",
    "expect_column_to_exist": "there is a column {column}",
    "expect_column_unique_value_count_to_be_between": "the number of distinct values of {column} is {bounds}",
    "expect_column_value_lengths_to_be_between": "the length of {column} is {bounds}",
    "expect_column_value_lengths_to_equal": "the length of {column} is {value}",
    "expect_column_values_to_be_between": "{column} is {bounds}",
    "expect_column_values_to_be_decreasing": "{column} never grows",
    "expect_column_values_to_be_in_set": "{column} is one of {value_set}",
    "expect_column_values_to_be_increasing": "{column} never falls",
    "expect_column_values_to_be_null": "{column} is empty",
    "expect_column_values_to_be_of_type": "{column} is of type {type_}",
    "expect_column_values_to_be_unique": "{column} is unique",
    "expect_column_values_to_match_regex": "{column} matches {regex}",
    "expect_column_values_to_match_strftime_format": "{column} is written as {strftime_format}",
    "expect_column_values_to_not_be_in_set": "{column} is none of {value_set}",
    "expect_column_values_to_not_be_null": "{column} is not empty",
    "expect_column_values_to_not_match_regex": "{column} does not match {regex}",
    "expect_compound_columns_to_be_unique": "{column_list} together are unique",
    "expect_table_row_count_to_be_between": "the number of rows is {bounds}",
    "expect_table_row_count_to_equal": "the number of rows is {value}",
}
_MAX_VALUES = 8


def describe(name: str, settings: Mapping[str, object]) -> str:
    """Describe an expectation of Great Expectations in words, with its configured values."""
    words = {key: _format_value(value) for key, value in settings.items()}
    template = _MESSAGES.get(name, name.removeprefix("expect_").replace("_", " "))
    try:
        text = template.format(**words, bounds=_describe_bounds(settings)) + _describe_mostly(settings)
    except KeyError:  # an optional setting was left out
        return name.removeprefix("expect_").replace("_", " ")
    return text.replace("is greater than", "is at least") if settings.get("or_equal") else text


def _format_value(value: object) -> str:
    if isinstance(value, list | tuple | set):
        text = ", ".join(str(item) for item in list(value)[:_MAX_VALUES])
        return text if len(value) <= _MAX_VALUES else f"{text} and {len(value) - _MAX_VALUES} more"
    return str(value)


def _describe_bounds(settings: Mapping[str, object]) -> str:
    low, high = settings.get("min_value"), settings.get("max_value")
    above = "above" if settings.get("strict_min") else "at least"
    below = "below" if settings.get("strict_max") else "at most"
    parts = [f"{above} {low}" if low is not None else "", f"{below} {high}" if high is not None else ""]
    return " and ".join(part for part in parts if part)


def _describe_mostly(settings: Mapping[str, object]) -> str:
    mostly = settings.get("mostly", 1)
    return f" in {mostly * 100:g}% of the rows" if isinstance(mostly, float) and mostly < 1 else ""
