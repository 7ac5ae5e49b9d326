"""Plan expectations of Great Expectations, and evaluate a suite that is planned once, without a context."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import polars as pl
from great_expectations.exceptions.exceptions import MetricProviderError
from great_expectations.expectations.expectation import Expectation

from checks.polars_core import Answer, Before, Finding, Metric, Plan, PlannedSuite
from checks.polars_core.lookup import UnsupportedMetric
from checks.polars_engine.engine import PolarsExecutionEngine
from checks.polars_engine.row_conditions import with_rows


@dataclass(frozen=True)
class _Answer:
    """Ask an expectation about the whole frame for its answer; its own logic decides."""

    expectation: Any

    def __call__(self, metrics: Mapping[str, Any]) -> Answer:
        answer = self.expectation._validate(metrics=dict(metrics), runtime_configuration={}, execution_engine=_engine())  # noqa: SLF001  # see above
        result = answer if isinstance(answer, dict) else answer.to_json_dict()
        return bool(result["success"]), (result.get("result") or {}).get("observed_value")


def plan_of(expectation: Any) -> Plan:  # noqa: ANN401  # map_metric and mostly are those of subclasses
    """Return the plan of an expectation of Great Expectations; one whose metrics the engine does not compute has a problem."""
    configuration = {"result_format": {"result_format": "BOOLEAN_ONLY"}}
    try:
        metrics = expectation.get_validation_dependencies(execution_engine=_engine(), runtime_configuration=configuration).metric_configurations
    except MetricProviderError as error:
        return Plan({}, answer=_Answer(expectation), problem=UnsupportedMetric(str(error)))
    decisive = f"{getattr(expectation, 'map_metric', None)}.unexpected_count"
    if decisive in metrics:
        return Plan({decisive: _metric(metrics[decisive])}, expectation.map_metric, float(expectation.mostly))
    return Plan({name: _metric(metric) for name, metric in metrics.items()}, answer=_Answer(expectation))


def _metric(configuration: Any) -> Metric:  # noqa: ANN401  # a MetricConfiguration
    return Metric(configuration.metric_name, with_rows(configuration.metric_domain_kwargs), configuration.metric_value_kwargs)


@functools.cache
def _engine() -> PolarsExecutionEngine:
    return PolarsExecutionEngine()


@dataclass(frozen=True, eq=False)
class CompiledSuite:
    """Compile expectations so that evaluating all of them scans a frame once.

    Attributes:
        expectations: Expectations of Great Expectations; findings have the same order.

    Example:
        >>> import great_expectations.expectations as gxe
        >>> frame = pl.DataFrame({"price": [1.0, -1.0, None]})
        >>> suite = CompiledSuite([gxe.ExpectColumnValuesToBeBetween(column="price", min_value=0)])
        >>> (finding,) = suite.evaluate(frame)
        >>> finding.success, finding.unexpected.to_list(), finding.evaluated
        (False, [False, True, False], 2)
    """

    expectations: Sequence[Expectation]

    def evaluate(
        self, frame: pl.DataFrame | pl.LazyFrame, columns: Sequence[str] | None = None, before: Mapping[int, Before] = MappingProxyType({})
    ) -> list[Finding]:
        """Evaluate a frame; see `PlannedSuite.evaluate`."""
        return self._suite.evaluate(frame, columns, before)

    def problems(self, schema: pl.Schema) -> list[Exception | None]:
        """Return for each expectation the error that any frame of a schema would raise, or None; needs no data."""
        return [plan.problem_of(schema) for plan in self._suite.plans]

    @property
    def row_level(self) -> list[bool]:
        """Return True for each expectation about rows (with a mask), False for one about the whole frame."""
        return [plan.row_level for plan in self._suite.plans]

    @functools.cached_property
    def _suite(self) -> PlannedSuite:
        return PlannedSuite(list(map(plan_of, self.expectations)))
