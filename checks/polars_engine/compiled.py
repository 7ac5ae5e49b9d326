"""Evaluate a suite that is compiled once, without a context: which expectations pass, and which rows fail."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
from great_expectations.exceptions.exceptions import MetricProviderError
from great_expectations.expectations.expectation import Expectation

from checks.polars_engine.engine import PolarsExecutionEngine
from checks.polars_engine.lookup import UnsupportedMetric, value_of
from checks.polars_engine.scan import scan, type_error
from checks.polars_engine.values import Value, count_of

_COLUMN_METRICS = {"table.columns", "table.column_count"}


@dataclass(frozen=True, eq=False)
class Finding:
    """Hold the result of one expectation.

    Attributes:
        success: True where it passes; None where it could not be evaluated.
        unexpected: Mask of the failing rows, of the frame's length; None for an expectation about the whole frame.
        evaluated: Number of evaluated rows: those in the row condition, without missing cells where the expectation ignores them.
        failed: Number of failing rows.
        observed: Observed value of an expectation about the whole frame.
        error: Reason why it could not be evaluated.
        scans: Number of scans of the frame for the whole suite.
    """

    success: bool | None
    unexpected: pl.Series | None = None
    evaluated: int = 0
    failed: int = 0
    observed: Any = None
    error: Exception | None = None
    scans: int = 1


@dataclass(frozen=True, eq=False)
class _Plan:
    """Hold an expectation with the metrics that decide it; `map_metric` where it is about rows."""

    expectation: Any
    metrics: Mapping[str, Any]
    map_metric: str | None = None
    problem: Exception | None = None

    def values(self, schema: pl.Schema) -> list[Value]:
        """Return the values to compute of a frame of this schema; raises the error that makes that impossible."""
        if self.problem is not None:
            raise self.problem
        values = [value_of(metric.metric_name, metric.metric_domain_kwargs, metric.metric_value_kwargs, schema) for metric in self.metrics.values()]
        if self.map_metric is None:
            return values
        return [values[0], replace(values[0], expr=count_of(values[0].conditions[0].evaluated))]

    def finding(self, values: Sequence[Value], results: Sequence[Any], masks: Mapping[str, pl.Series], engine: PolarsExecutionEngine) -> Finding:
        """Build the result of the expectation from the computed values."""
        for result in results:
            if isinstance(result, Exception):
                return Finding(None, error=result)
        if self.map_metric is None:
            return self._table_finding(dict(zip(self.metrics, results, strict=True)), engine)
        failed, evaluated = int(results[0]), int(results[1])
        passed = not evaluated or (evaluated - failed) / evaluated >= float(self.expectation.mostly)
        return Finding(passed, masks[values[0].conditions[0].name], evaluated, failed)

    def _table_finding(self, metrics: dict[str, Any], engine: PolarsExecutionEngine) -> Finding:
        try:
            answer = self.expectation._validate(metrics=metrics, runtime_configuration={}, execution_engine=engine)  # noqa: SLF001  # the expectation's own logic decides
        except Exception as error:  # noqa: BLE001  # it is the result of the expectation
            return Finding(None, error=error)
        result = answer if isinstance(answer, dict) else answer.to_json_dict()
        return Finding(bool(result["success"]), observed=(result.get("result") or {}).get("observed_value"))


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

    def evaluate(self, frame: pl.DataFrame | pl.LazyFrame, columns: Sequence[str] | None = None) -> list[Finding]:
        """Evaluate a frame.

        An expectation that cannot be evaluated (a column is missing or of another type) has a finding with the error; the others
        are not affected.

        Args:
            frame: Rows; the masks have the same order.
            columns: Columns that expectations about the columns of the table see; those of the frame by default.
        """
        schema = frame.collect_schema()
        shape = schema if columns is None else pl.Schema({name: schema.get(name, pl.String()) for name in columns})
        values = [_attempt(functools.partial(plan.values, shape if plan.metrics.keys() <= _COLUMN_METRICS else schema)) for plan in self._plans]
        result = scan(frame, [value for plan_values in values if not isinstance(plan_values, Exception) for value in plan_values])
        results = iter(result.values)
        findings = []
        for plan, plan_values in zip(self._plans, values, strict=True):
            if isinstance(plan_values, Exception):
                findings.append(Finding(None, error=plan_values, scans=result.scans))
            else:
                finding = plan.finding(plan_values, [next(results) for _ in plan_values], result.masks, self._engine)
                findings.append(replace(finding, scans=result.scans))
        return findings

    def problems(self, schema: pl.Schema) -> list[Exception | None]:
        """Return for each expectation the error that any frame of a schema would raise, or None; needs no data."""
        return [_problem(schema, _attempt(functools.partial(plan.values, schema))) for plan in self._plans]

    @property
    def row_level(self) -> list[bool]:
        """Return True for each expectation about rows (with a mask), False for one about the whole frame."""
        return [plan.map_metric is not None for plan in self._plans]

    @functools.cached_property
    def _engine(self) -> PolarsExecutionEngine:
        return PolarsExecutionEngine()

    @functools.cached_property
    def _plans(self) -> Sequence[_Plan]:
        return [self._plan(expectation) for expectation in self.expectations]

    def _plan(self, expectation: Any) -> _Plan:  # noqa: ANN401  # map_metric and mostly are those of subclasses
        configuration = {"result_format": {"result_format": "BOOLEAN_ONLY"}}
        try:
            metrics = expectation.get_validation_dependencies(execution_engine=self._engine, runtime_configuration=configuration).metric_configurations
        except MetricProviderError as error:
            return _Plan(expectation, {}, problem=UnsupportedMetric(str(error)))
        decisive = f"{getattr(expectation, 'map_metric', None)}.unexpected_count"
        if decisive in metrics:
            return _Plan(expectation, {decisive: metrics[decisive]}, expectation.map_metric)
        return _Plan(expectation, metrics)


def _attempt(make: Callable[[], list[Value]]) -> list[Value] | Exception:
    try:
        return make()
    except Exception as error:  # noqa: BLE001  # it is the result of the expectation
        return error


def _problem(schema: pl.Schema, values: list[Value] | Exception) -> Exception | None:
    return values if isinstance(values, Exception) else type_error(schema, values)
