"""Describe the expectations of Great Expectations: the dimension that each scores in, and a sentence for people."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from sluice.domain import Dimension, Message

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

_MAX_VALUES = 8

Settings = Mapping[str, object]


def describe(name: str, settings: Settings, mostly: float = 1.0, *, row_level: bool) -> Message:
    """Describe an expectation of Great Expectations with its configured values: what is wrong with a failing row, or what is expected of a batch.

    Args:
        name: Name of the expectation.
        settings: Its settings.
        mostly: Share of rows that must pass (0 to 1).
        row_level: True where it is about rows.
    """
    build = _MESSAGES.get(name)
    message = build(settings) if build else None
    if message is None:
        words = name.removeprefix("expect_").replace("_", " ")
        return Message.of("row_fails", expectation=words) if row_level else Message.of("expectation_met", expectation=words)
    return Message.of("some_rows_allowed", problem=message, share=round((1 - mostly) * 100, 6)) if row_level and mostly < 1 else message


def _within(code: str) -> Callable[[Settings], Message | None]:
    """Build the messages of a statistic and its limits."""

    def build(settings: Settings) -> Message | None:
        bounds = _bounds(settings)
        return bounds and Message(code, {"column": str(settings.get("column", "")), "bounds": bounds})

    return build


def _row_count(settings: Settings) -> Message | None:
    bounds = _bounds(settings)
    return bounds and Message.of("row_count_within", bounds=bounds)


def _outside(settings: Settings) -> Message | None:
    bounds = _outer_bounds(settings)
    return bounds and Message.of("cell_outside", column=_text(settings, "column"), bounds=bounds)


def _length_outside(settings: Settings) -> Message | None:
    bounds = _outer_bounds(settings)
    return bounds and Message.of("length_outside", column=_text(settings, "column"), bounds=bounds)


def _not_greater(settings: Settings) -> Message:
    column, reference = _text(settings, "column_A"), _text(settings, "column_B")
    return Message.of("pair_less" if settings.get("or_equal") else "pair_not_greater", column=column, reference=reference)


def _bounds(settings: Settings) -> Message | None:
    """Describe the values between the limits; None without limits."""
    low, high = settings.get("min_value"), settings.get("max_value")
    parts = []
    if low is not None:
        parts.append(Message.of("above", limit=_value(low)) if settings.get("strict_min") else Message.of("at_least", limit=_value(low)))
    if high is not None:
        parts.append(Message.of("below", limit=_value(high)) if settings.get("strict_max") else Message.of("at_most", limit=_value(high)))
    return Message.of("both", first=parts[0], second=parts[1]) if len(parts) == 2 else parts[0] if parts else None


def _outer_bounds(settings: Settings) -> Message | None:
    """Describe the values outside the limits; None without limits."""
    low, high = settings.get("min_value"), settings.get("max_value")
    parts = []
    if low is not None:
        parts.append(Message.of("at_most", limit=_value(low)) if settings.get("strict_min") else Message.of("below", limit=_value(low)))
    if high is not None:
        parts.append(Message.of("at_least", limit=_value(high)) if settings.get("strict_max") else Message.of("above", limit=_value(high)))
    return Message.of("either", first=parts[0], second=parts[1]) if len(parts) == 2 else parts[0] if parts else None


def _value(value: object) -> str | int | float:
    return value if isinstance(value, int | float) else str(value)


def _text(settings: Settings, key: str) -> str:
    return str(settings.get(key, ""))


def _values(value: object) -> str | tuple[str, ...] | Message:
    """List the first values of a set."""
    if isinstance(value, str) or not isinstance(value, Collection):
        return str(value)
    texts = tuple(str(item) for item in value)
    if len(texts) <= _MAX_VALUES:
        return texts
    return Message.of("values_and_more", values=texts[:_MAX_VALUES], more=len(texts) - _MAX_VALUES)


_MESSAGES: Mapping[str, Callable[[Settings], Message | None]] = {
    "expect_column_max_to_be_between": _within("max_within"),
    "expect_column_mean_to_be_between": _within("mean_within"),
    "expect_column_median_to_be_between": _within("median_within"),
    "expect_column_min_to_be_between": _within("min_within"),
    "expect_column_pair_values_a_to_be_greater_than_b": _not_greater,
    "expect_column_pair_values_to_be_equal": lambda s: Message.of("pair_differs", column=_text(s, "column_A"), reference=_text(s, "column_B")),
    "expect_column_pair_values_to_be_in_set": lambda s: Message.of("pair_not_in_set", column=_text(s, "column_A"), reference=_text(s, "column_B")),
    "expect_column_proportion_of_non_null_values_to_be_between": _within("filled_share_within"),
    "expect_column_proportion_of_unique_values_to_be_between": _within("distinct_share_within"),
    "expect_column_quantile_values_to_be_between": lambda s: Message.of("quantiles_within", column=_text(s, "column")),
    "expect_column_stdev_to_be_between": _within("stdev_within"),
    "expect_column_sum_to_be_between": _within("sum_within"),
    "expect_column_to_exist": lambda s: Message.of("column_exists", column=_text(s, "column")),
    "expect_column_unique_value_count_to_be_between": _within("distinct_within"),
    "expect_column_value_lengths_to_be_between": _length_outside,
    "expect_column_value_lengths_to_equal": lambda s: Message.of("length_differs", column=_text(s, "column"), length=_value(s.get("value"))),
    "expect_column_values_to_be_between": _outside,
    "expect_column_values_to_be_decreasing": lambda s: Message.of("cell_increases", column=_text(s, "column")),
    "expect_column_values_to_be_in_set": lambda s: Message.of("cell_not_in_set", column=_text(s, "column"), values=_values(s.get("value_set"))),
    "expect_column_values_to_be_increasing": lambda s: Message.of("cell_decreases", column=_text(s, "column")),
    "expect_column_values_to_be_null": lambda s: Message.of("cell_not_empty", column=_text(s, "column")),
    "expect_column_values_to_be_of_type": lambda s: Message.of("column_of_type", column=_text(s, "column"), type=_text(s, "type_")),
    "expect_column_values_to_be_unique": lambda s: Message.of("cell_repeated", column=_text(s, "column")),
    "expect_column_values_to_match_regex": lambda s: Message.of("cell_not_matching", column=_text(s, "column"), regex=_text(s, "regex")),
    "expect_column_values_to_match_strftime_format": lambda s: Message.of(
        "cell_in_other_format", column=_text(s, "column"), format=_text(s, "strftime_format")
    ),
    "expect_column_values_to_not_be_in_set": lambda s: Message.of("cell_in_set", column=_text(s, "column"), values=_values(s.get("value_set"))),
    "expect_column_values_to_not_be_null": lambda s: Message.of("cell_empty", column=_text(s, "column")),
    "expect_column_values_to_not_match_regex": lambda s: Message.of("cell_matching", column=_text(s, "column"), regex=_text(s, "regex")),
    "expect_compound_columns_to_be_unique": lambda s: Message.of("cells_repeated", columns=_values(s.get("column_list"))),
    "expect_table_row_count_to_be_between": _row_count,
    "expect_table_row_count_to_equal": lambda s: Message.of("row_count_equals", count=_value(s.get("value"))),
}
