"""Define the expectations that ask a detector as classes of Great Expectations, for its own suites on the Polars engine.

A suite names the detector; `checks.scoring.scoring` passes it.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import polars as pl

# isort: split
import checks.polars_engine.gx_import  # noqa: F401  # comes first

# isort: split

from great_expectations.compatibility import pydantic
from great_expectations.expectations.expectation import ColumnMapExpectation, MulticolumnMapExpectation

from checks.expectations.anomaly import max_flagged, required_rows
from checks.polars_core.domain import Domain
from checks.polars_engine.registration import register_condition
from checks.scoring import scoring_context
from sluice.errors import ModelError
from sluice.messages import make_error

_SETTINGS = ("detector", "max_fpr")
_MAX_FPR = "share of clean rows that may be flagged"


def _is_usual(domain: Domain) -> pl.Expr:
    """Return the rows, or cells of the column, that are not flagged. The context is read now, since Polars computes in other threads."""
    detector, max_fpr = str(domain.settings["detector"]), float(domain.settings["max_fpr"])
    context, column = scoring_context(detector), domain.kwargs.get("column")

    def is_usual(rows: pl.Series) -> pl.Series:
        scored = context.score(detector, rows.struct.unnest(), column)
        if scored.calibration_rows < (needed := required_rows(max_fpr)):
            raise make_error(ModelError, "max_fpr_without_rows", max_fpr=max_fpr, needed=needed, detector=detector, rows=scored.calibration_rows)
        return scored.values > max_fpr

    return pl.struct(list(domain.schema)).map_batches(is_usual, return_dtype=pl.Boolean)


def _with_tolerance(result: dict[str, Any], mostly: object, detector: str, max_fpr: float, column: str | None = None) -> dict[str, Any]:
    """Decide by `mostly` where it is below 1; otherwise pass while no more rows are flagged than clean rows explain."""
    details = result.get("result") or {}
    failed, rows = details.get("unexpected_count"), details.get("element_count")
    if mostly != 1 or failed is None or rows is None:
        return result
    evaluated = rows - (details.get("missing_count") or 0)
    calibration_rows = scoring_context(detector).calibration_rows.get((detector, column), 0)
    return {**result, "success": bool(failed <= max_flagged(evaluated, max_fpr, calibration_rows))}


class ExpectColumnAnomalyRateToBeWithinFpr(ColumnMapExpectation):
    """Expect that a detector flags no more cells of a column, given the rest of their row, than it flags among clean rows."""

    map_metric: ClassVar[str] = "column_values.anomaly_within_fpr"
    success_keys: ClassVar[tuple[str, ...]] = (*_SETTINGS, "mostly")

    detector: str = "autoencoder"
    max_fpr: float = pydantic.Field(default=0.01, gt=0, lt=1, description=_MAX_FPR)

    def _validate(self, metrics: Any, runtime_configuration: Any = None, execution_engine: Any = None) -> Any:  # noqa: ANN401  # as inherited
        result = super()._validate(metrics, runtime_configuration, execution_engine)
        return _with_tolerance(result, self.mostly, self.detector, self.max_fpr, self.column)


class ExpectRowAnomalyRateToBeWithinFpr(MulticolumnMapExpectation):
    """Expect that a detector flags no more rows than it flags among clean rows; `column_list` names the columns that results show."""

    map_metric: ClassVar[str] = "multicolumn_values.anomaly_within_fpr"
    success_keys: ClassVar[tuple[str, ...]] = (*_SETTINGS, "mostly")

    column_list: list[str] = []  # noqa: RUF012  # pydantic copies it
    ignore_row_if: Literal["never"] = "never"
    detector: str = "autoencoder"
    max_fpr: float = pydantic.Field(default=0.01, gt=0, lt=1, description=_MAX_FPR)

    def _validate(self, metrics: Any, runtime_configuration: Any = None, execution_engine: Any = None) -> Any:  # noqa: ANN401  # as inherited
        result = super()._validate(metrics, runtime_configuration, execution_engine)
        return _with_tolerance(result, self.mostly, self.detector, self.max_fpr)


register_condition(ExpectColumnAnomalyRateToBeWithinFpr.map_metric, _is_usual, ("batch_id", "table", "column", "row_condition", "condition_parser"), _SETTINGS)
register_condition(
    ExpectRowAnomalyRateToBeWithinFpr.map_metric,
    _is_usual,
    ("batch_id", "table", "column_list", "row_condition", "condition_parser", "ignore_row_if"),
    _SETTINGS,
)
