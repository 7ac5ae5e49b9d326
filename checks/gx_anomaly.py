"""The expectations that ask a detector, as classes of Great Expectations for its own suites, on the Polars engine.

A suite names the detector; `checks.scoring.scoring` hands it in.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import polars as pl

# isort: split
import checks.polars_engine.gx_import  # noqa: F401  # comes first

# isort: split

from great_expectations.compatibility import pydantic
from great_expectations.expectations.expectation import ColumnMapExpectation, MulticolumnMapExpectation

from checks.expectations.anomaly import tolerated, unsupported
from checks.polars_engine.domain import Domain
from checks.polars_engine.registration import carry
from checks.scoring import handed
from sluice.errors import ModelError

_SETTINGS = ("detector", "max_fpr")


def _within(domain: Domain) -> pl.Expr:
    """Which rows, or cells of the column, are within the budget; the detector is found now, for Polars computes in other threads."""
    detector, budget = str(domain.settings["detector"]), float(domain.settings["max_fpr"])
    asked, column = handed(detector), domain.kwargs.get("column")

    def usual(rows: pl.Series) -> pl.Series:
        scored = asked.scored(detector, rows.struct.unnest(), column)
        if lacking := unsupported(detector, budget, scored.counted_on):
            raise ModelError(lacking)
        return scored.p > budget

    return pl.struct(list(domain.schema)).map_batches(usual, return_dtype=pl.Boolean)


def _judged(answer: dict[str, Any], mostly: object, detector: str, budget: float, column: str | None = None) -> dict[str, Any]:
    """By `mostly` where it is said; otherwise clean rows may be flagged by chance, in them and in the accepted ones that they are compared with."""
    told = answer.get("result") or {}
    failed, rows = told.get("unexpected_count"), told.get("element_count")
    if mostly != 1 or failed is None or rows is None:
        return answer
    judged, counted = rows - (told.get("missing_count") or 0), handed(detector).counted.get((detector, column), 0)
    return {**answer, "success": bool(failed <= tolerated(judged, budget, counted))}


class ExpectColumnAnomalyRateToBeWithinFpr(ColumnMapExpectation):
    """Given the rest of its row, a detector finds a cell no more unusual than all but the budget's share of accepted cells."""

    map_metric: ClassVar[str] = "column_values.anomaly_within_fpr"
    success_keys: ClassVar[tuple[str, ...]] = (*_SETTINGS, "mostly")

    detector: str = "autoencoder"
    max_fpr: float = pydantic.Field(default=0.01, gt=0, lt=1, description="the share of clean rows that may be flagged by mistake")

    def _validate(self, metrics: Any, runtime_configuration: Any = None, execution_engine: Any = None) -> Any:  # noqa: ANN401  # as inherited
        answer = super()._validate(metrics, runtime_configuration, execution_engine)
        return _judged(answer, self.mostly, self.detector, self.max_fpr, self.column)


class ExpectRowAnomalyRateToBeWithinFpr(MulticolumnMapExpectation):
    """A detector finds a row no more unusual than all but the budget's share of accepted rows; `column_list` is what results show of it."""

    map_metric: ClassVar[str] = "multicolumn_values.anomaly_within_fpr"
    success_keys: ClassVar[tuple[str, ...]] = (*_SETTINGS, "mostly")

    column_list: list[str] = []  # noqa: RUF012  # pydantic copies it
    ignore_row_if: Literal["never"] = "never"
    detector: str = "autoencoder"
    max_fpr: float = pydantic.Field(default=0.01, gt=0, lt=1, description="the share of clean rows that may be flagged by mistake")

    def _validate(self, metrics: Any, runtime_configuration: Any = None, execution_engine: Any = None) -> Any:  # noqa: ANN401  # as inherited
        answer = super()._validate(metrics, runtime_configuration, execution_engine)
        return _judged(answer, self.mostly, self.detector, self.max_fpr)


carry(ExpectColumnAnomalyRateToBeWithinFpr.map_metric, _within, ("batch_id", "table", "column", "row_condition", "condition_parser"), _SETTINGS)
carry(
    ExpectRowAnomalyRateToBeWithinFpr.map_metric,
    _within,
    ("batch_id", "table", "column_list", "row_condition", "condition_parser", "ignore_row_if"),
    _SETTINGS,
)
