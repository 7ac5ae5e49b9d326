"""Expectations of our own: those that need the past, another dataset, a detector or the time of the batch.

They are written in sluice.yaml as Great Expectations' own are. Each is one class in one file, and a line in this table:
its name, and `module:Class` (imported when used).
"""

from collections.abc import Mapping

EXPECTATIONS: Mapping[str, str] = {
    "expect_adjacent_repeats_to_be_between": "checks.expectations.adjacent_repeats:AdjacentRepeats",
    "expect_batch_to_be_fresh": "checks.expectations.fresh:Fresh",
    "expect_column_anomaly_to_be_within_budget": "checks.expectations.column_anomaly:ColumnAnomaly",
    "expect_column_values_to_be_unique_across_batches": "checks.expectations.unique_across_batches:UniqueAcrossBatches",
    "expect_column_values_to_exist_in_dataset": "checks.expectations.exist_in_dataset:ExistInDataset",
    "expect_column_values_to_match_reference": "checks.expectations.match_reference:MatchReference",
    "expect_column_values_to_not_be_in_future": "checks.expectations.not_in_future:NotInFuture",
    "expect_column_values_to_stay_near_past": "checks.expectations.near_past:NearPast",
    "expect_novel_pairs_to_be_between": "checks.expectations.novel_pairs:NovelPairs",
    "expect_overlong_users_to_be_between": "checks.expectations.overlong_users:OverlongUsers",
    "expect_row_anomaly_to_be_within_budget": "checks.expectations.row_anomaly:RowAnomaly",
    "expect_row_count_to_match_weekday": "checks.expectations.weekday:MatchWeekday",
    "expect_stars_to_fit_text": "checks.expectations.stars_fit_text:StarsFitText",
    "expect_steps_to_stay_familiar": "checks.expectations.familiar_steps:FamiliarSteps",
}
