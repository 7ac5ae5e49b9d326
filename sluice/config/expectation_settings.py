"""List the expectations and their settings, so that a mistake in a suite is found without importing Great Expectations, which takes seconds.

A test compares the list with the classes themselves.
"""

from __future__ import annotations

from collections.abc import Mapping


def _settings(text: str) -> frozenset[str]:
    return frozenset(text.split())


SHARED_SETTINGS = _settings("severity on_fail dimension description mostly row_condition")
"""Settings of every expectation."""

GX_SETTINGS = _settings("batch_id catch_exceptions id meta notes rendered_content result_format windows")
"""Further settings of every expectation of Great Expectations."""

OWN_EXPECTATIONS: Mapping[str, frozenset[str]] = {
    "expect_batch_to_be_fresh": _settings("column max_age"),
    "expect_column_anomaly_rate_to_be_within_fpr": _settings("detector max_fpr column"),
    "expect_column_values_to_be_close_to_history": _settings("column key tolerance"),
    "expect_column_values_to_be_unique_across_batches": _settings("columns"),
    "expect_column_values_to_exist_in_dataset": _settings("column dataset reference_column"),
    "expect_column_values_to_have_form": _settings("column form region"),
    "expect_column_values_to_match_reference": _settings("column dataset key reference_column tolerance"),
    "expect_column_values_to_not_contain_words": _settings("column lists words without"),
    "expect_column_values_to_not_be_in_future": _settings("column tolerance"),
    "expect_proportion_of_consecutive_repeats_to_be_between": _settings("user item time max_value min_value"),
    "expect_proportion_of_heavy_user_events_to_be_between": _settings("user item time max_value min_value max_events_per_user"),
    "expect_proportion_of_novel_transitions_to_be_between": _settings("user item time max_value min_value min_batches"),
    "expect_rating_to_match_sentiment": _settings("text rating min_rating max_rating min_polarity"),
    "expect_row_anomaly_rate_to_be_within_fpr": _settings("detector max_fpr"),
    "expect_table_row_count_to_match_weekday": _settings("tolerance tolerance_above weeks min_batches"),
    "expect_transition_overlap_to_match_history": _settings("user item time tolerance baseline_batches min_batches"),
}

GX_EXPECTATIONS: Mapping[str, frozenset[str]] = {
    "expect_column_distinct_values_to_be_in_set": _settings("column condition_parser value_set"),
    "expect_column_distinct_values_to_contain_set": _settings("column condition_parser value_set"),
    "expect_column_distinct_values_to_equal_set": _settings("column condition_parser value_set"),
    "expect_column_kl_divergence_to_be_less_than": _settings(
        "bucketize_data column condition_parser internal_weight_holdout max_value min_value partition_object tail_weight_holdout threshold"
    ),
    "expect_column_max_to_be_between": _settings("column condition_parser max_value min_value strict_max strict_min"),
    "expect_column_mean_to_be_between": _settings("column condition_parser max_value min_value strict_max strict_min"),
    "expect_column_median_to_be_between": _settings("column condition_parser max_value min_value strict_max strict_min"),
    "expect_column_min_to_be_between": _settings("column condition_parser max_value min_value strict_max strict_min"),
    "expect_column_most_common_value_to_be_in_set": _settings("column condition_parser ties_okay value_set"),
    "expect_column_pair_values_a_to_be_greater_than_b": _settings("column_A column_B condition_parser ignore_row_if or_equal"),
    "expect_column_pair_values_to_be_equal": _settings("column_A column_B condition_parser ignore_row_if"),
    "expect_column_pair_values_to_be_in_set": _settings("column_A column_B condition_parser ignore_row_if value_pairs_set"),
    "expect_column_proportion_of_non_null_values_to_be_between": _settings(
        "column condition_parser library_metadata max_value min_value strict_max strict_min"
    ),
    "expect_column_proportion_of_unique_values_to_be_between": _settings("column condition_parser library_metadata max_value min_value strict_max strict_min"),
    "expect_column_quantile_values_to_be_between": _settings("allow_relative_error column condition_parser quantile_ranges"),
    "expect_column_stdev_to_be_between": _settings("column condition_parser max_value min_value strict_max strict_min"),
    "expect_column_sum_to_be_between": _settings("column condition_parser max_value min_value strict_max strict_min"),
    "expect_column_to_exist": _settings("column column_index"),
    "expect_column_type_to_be": _settings("column type_"),
    "expect_column_unique_value_count_to_be_between": _settings("column condition_parser library_metadata max_value min_value strict_max strict_min"),
    "expect_column_value_lengths_to_be_between": _settings("column condition_parser max_value min_value strict_max strict_min"),
    "expect_column_value_lengths_to_equal": _settings("column condition_parser value"),
    "expect_column_value_z_scores_to_be_less_than": _settings("column condition_parser double_sided threshold"),
    "expect_column_values_to_be_between": _settings("column condition_parser max_value min_value strict_max strict_min"),
    "expect_column_values_to_be_dateutil_parseable": _settings("column condition_parser library_metadata"),
    "expect_column_values_to_be_decreasing": _settings("column condition_parser library_metadata strictly"),
    "expect_column_values_to_be_in_set": _settings("column condition_parser value_set"),
    "expect_column_values_to_be_in_type_list": _settings("column condition_parser type_list"),
    "expect_column_values_to_be_increasing": _settings("column condition_parser library_metadata strictly"),
    "expect_column_values_to_be_json_parseable": _settings("column condition_parser library_metadata"),
    "expect_column_values_to_be_null": _settings("column condition_parser"),
    "expect_column_values_to_be_of_type": _settings("column condition_parser type_"),
    "expect_column_values_to_be_unique": _settings("column condition_parser"),
    "expect_column_values_to_match_json_schema": _settings("column condition_parser json_schema library_metadata"),
    "expect_column_values_to_match_like_pattern": _settings("column condition_parser escape like_pattern"),
    "expect_column_values_to_match_like_pattern_list": _settings("column condition_parser escape like_pattern_list match_on"),
    "expect_column_values_to_match_regex": _settings("column condition_parser regex"),
    "expect_column_values_to_match_regex_list": _settings("column condition_parser match_on regex_list"),
    "expect_column_values_to_match_strftime_format": _settings("column condition_parser strftime_format"),
    "expect_column_values_to_not_be_in_set": _settings("column condition_parser value_set"),
    "expect_column_values_to_not_be_null": _settings("column condition_parser"),
    "expect_column_values_to_not_be_outliers": _settings("column condition_parser method multiplier"),
    "expect_column_values_to_not_match_like_pattern": _settings("column condition_parser escape like_pattern"),
    "expect_column_values_to_not_match_like_pattern_list": _settings("column condition_parser escape like_pattern_list"),
    "expect_column_values_to_not_match_regex": _settings("column condition_parser regex"),
    "expect_column_values_to_not_match_regex_list": _settings("column condition_parser regex_list"),
    "expect_compound_columns_to_be_unique": _settings("column_list condition_parser ignore_row_if"),
    "expect_multicolumn_sum_to_equal": _settings("column_list condition_parser ignore_row_if sum_total"),
    "expect_multicolumn_values_to_be_equal": _settings("column_list condition_parser ignore_row_if"),
    "expect_query_results_to_match_comparison": _settings("base_query comparison_data_source_name comparison_query"),
    "expect_select_column_values_to_be_unique_within_record": _settings("column_list condition_parser ignore_row_if"),
    "expect_table_column_count_to_be_between": _settings("max_value min_value"),
    "expect_table_column_count_to_equal": _settings("value"),
    "expect_table_columns_to_match_ordered_list": _settings("column_list"),
    "expect_table_columns_to_match_set": _settings("column_set exact_match"),
    "expect_table_row_count_to_be_between": _settings("condition_parser max_value min_value strict_max strict_min"),
    "expect_table_row_count_to_equal": _settings("condition_parser value"),
    "expect_table_row_count_to_equal_other_table": _settings("condition_parser other_table_name"),
    "unexpected_rows_expectation": _settings("unexpected_rows_query"),
}
