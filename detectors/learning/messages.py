"""Write what a learned detector reports with its verdicts."""

from __future__ import annotations

from collections.abc import Mapping

from detectors.learning.calibration import ErrorControl, Guarantee
from sluice.domain import counted

BORDERLINE = "; {:,} so near the threshold that another device may decide otherwise"
FALLBACK = "histograms of the columns stand in until {:,} more rows are accepted"
DRIFTED = "rows have grown more, or less, unusual from batch to batch"
SHIFTED = "the newest rows are not as usual as those accepted before, even after they were learned from"
EXPECTED: Mapping[Guarantee, str] = {
    "marginal": "no more than {:.2%} of the rows are as unusual as the most unusual accepted ones",
    "conditional": "surely no more than {:.2%} of the rows are as unusual as the most unusual accepted ones",
    "fdr": "no row is so unusual that, of all rows as unusual, no more than {:.2%} would be clean",
}


def expected(control: ErrorControl) -> str:
    """State what a batch without errors keeps."""
    return EXPECTED[control.guarantee].format(control.level)


def observed(failed: int, rows: int, borderline: int, gaps: str) -> str:
    """State how many rows were flagged, which columns have gaps, and how many rows lie at the threshold."""
    share = f"{failed:,} of {counted(rows, 'row')} ({failed / max(rows, 1):.2%})"
    return share + gaps + (BORDERLINE.format(borderline) if borderline else "")


def too_few_calibration_rows(control: ErrorControl, rows: int) -> str:
    """State that a model's calibration is too small for the guarantee."""
    return f"its model was calibrated on {rows:,} rows, and a {control.describe()} needs {control.min_calibration_rows:,}"
