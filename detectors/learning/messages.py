"""Write what a learned detector reports with its verdicts, as codes with parameters."""

from __future__ import annotations

from collections.abc import Sequence

from detectors.learning.calibration import ErrorControl
from sluice.domain import Message
from sluice.rules.evidence import count_message

DRIFTED, SHIFTED = Message.of("p_values_drifted"), Message.of("rows_shifted")  # reasons for a full refit


def anomaly_message(control: ErrorControl) -> Message:
    """State what is wrong with a flagged row."""
    if control.guarantee == "fdr":
        return Message.of("row_anomalous_fdr", max_fpr=control.level)
    if control.guarantee == "conditional":
        return Message.of("row_anomalous_conditional", max_fpr=control.level)
    return Message.of("row_anomalous_marginal", max_fpr=control.level)


def observed_message(failed: int, rows: int, borderline: int, gaps: Sequence[Message]) -> Message:
    """State how many rows were flagged, which columns have gaps, and how many rows lie at the threshold."""
    near = [Message.of("rows_borderline", rows=borderline)] if borderline else []
    return Message.join([count_message(failed, rows), *gaps, *near])


def too_few_calibration_rows(control: ErrorControl, rows: int) -> Message:
    """State that a model's calibration is too small for the guarantee."""
    return Message.of("calibration_too_small", rows=rows, guarantee=control.guarantee, max_fpr=control.level, needed=control.min_calibration_rows)
