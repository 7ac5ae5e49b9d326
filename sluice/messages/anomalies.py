"""Reasons and findings of detectors that learn from rows."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Plural, Template

TEMPLATES: Mapping[str, Template] = {
    "row_anomalous_marginal": "the row is as unusual as the most unusual {max_fpr:.2%} of clean rows",
    "row_anomalous_conditional": "the row is as unusual as the most unusual {max_fpr:.2%} of clean rows, with 95 % confidence",
    "row_anomalous_fdr": "the row is among the most unusual ones, of which at most {max_fpr:.2%} are expected to be clean",
    "rows_borderline": Plural(
        "rows", "1 so near the threshold that another device may decide otherwise", "{rows:,} so near the threshold that another device may decide otherwise"
    ),
    "columns_lacking": "lacking: {columns}",
    "columns_empty": "empty: {columns}",
    "columns_not_numeric": "mostly not numbers: {columns}",
    "waits_for_history": Plural("rows", "waits for 1 more row of accepted history", "waits for {rows:,} more rows of accepted history"),
    "fallback_judges": Plural(
        "rows", "histograms of the columns stand in until 1 more row is accepted", "histograms of the columns stand in until {rows:,} more rows are accepted"
    ),
    "calibration_too_small": "the model was calibrated on {rows:,} rows, and a {guarantee:word} rate of {max_fpr:g} needs {needed:,}",
    "rows_shifted": "the newest rows are not as usual as those accepted before, even after they were learned from",
    "p_values_drifted": "rows have grown more, or less, unusual from batch to batch",
}
