"""List the expectations of ours: those that read published rows, another dataset, a detector or the time of the batch.

They are written in sluice.yaml as those of Great Expectations are. Each is one class in one file, and one line in this table:
its name, and `module:Class`, imported when it is used.
"""

from collections.abc import Mapping

EXPECTATIONS: Mapping[str, str] = {
    "expect_batch_to_be_fresh": "checks.expectations.fresh:Fresh",
    "expect_column_anomaly_rate_to_be_within_fpr": "checks.expectations.column_anomaly:ColumnAnomalyRate",
    "expect_column_values_to_be_close_to_history": "checks.expectations.close_to_history:CloseToHistory",
    "expect_column_values_to_be_unique_across_batches": "checks.expectations.unique_across_batches:UniqueAcrossBatches",
    "expect_column_values_to_exist_in_dataset": "checks.expectations.exist_in_dataset:ExistInDataset",
    "expect_column_values_to_have_form": "checks.expectations.have_form:HaveForm",
    "expect_column_values_to_match_reference": "checks.expectations.match_reference:MatchReference",
    "expect_column_values_to_not_contain_words": "checks.expectations.not_contain_words:NotContainWords",
    "expect_column_values_to_not_be_in_future": "checks.expectations.not_in_future:NotInFuture",
    "expect_proportion_of_consecutive_repeats_to_be_between": "checks.expectations.consecutive_repeats:ConsecutiveRepeats",
    "expect_proportion_of_heavy_user_events_to_be_between": "checks.expectations.heavy_users:HeavyUserEvents",
    "expect_proportion_of_novel_transitions_to_be_between": "checks.expectations.novel_transitions:NovelTransitions",
    "expect_rating_to_match_sentiment": "checks.expectations.rating_matches_sentiment:RatingMatchesSentiment",
    "expect_row_anomaly_rate_to_be_within_fpr": "checks.expectations.row_anomaly:RowAnomalyRate",
    "expect_table_row_count_to_match_weekday": "checks.expectations.weekday_row_count:WeekdayRowCount",
    "expect_transition_overlap_to_match_history": "checks.expectations.transition_overlap:TransitionOverlap",
}
