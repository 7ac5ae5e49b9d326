"""A suite prepared once and evaluated often, without a context: what passed, and which rows did not."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
from great_expectations.exceptions.exceptions import MetricProviderError
from great_expectations.expectations.expectation import Expectation

from checks.polars_engine.engine import PolarsExecutionEngine
from checks.polars_engine.lookup import NotCarried, value_of
from checks.polars_engine.scan import scan, type_error
from checks.polars_engine.values import Value, count_of

_ABOUT_COLUMNS = {"table.columns", "table.column_count"}


@dataclass(frozen=True, eq=False)
class Finding:
    """What one expectation found.

    Attributes:
        success: None where it could not be evaluated.
        unexpected: One Boolean a row of the frame; None for an expectation about the whole frame.
        evaluated: Rows evaluated: those in the row condition, less missing ones where the expectation passes over them.
        failed: Rows that do not meet it.
        observed: What an expectation about the whole frame saw.
        error: What kept it from being evaluated.
        scans: How often the frame was read for the whole suite.
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
    """An expectation with the metrics that decide it; `map_metric` where it is about rows."""

    expectation: Any
    metrics: Mapping[str, Any]
    map_metric: str | None = None
    problem: Exception | None = None

    def wanted(self, schema: pl.Schema) -> list[Value]:
        """What has to be computed of a frame of this schema; raises what makes that impossible."""
        if self.problem is not None:
            raise self.problem
        values = [value_of(each.metric_name, each.metric_domain_kwargs, each.metric_value_kwargs, schema) for each in self.metrics.values()]
        if self.map_metric is None:
            return values
        return [values[0], replace(values[0], expr=count_of(values[0].conditions[0].evaluated))]

    def finding(self, wanted: Sequence[Value], found: Sequence[Any], masks: Mapping[str, pl.Series], engine: PolarsExecutionEngine) -> Finding:
        """The answer, from what was computed."""
        for value in found:
            if isinstance(value, Exception):
                return Finding(None, error=value)
        if self.map_metric is None:
            return self._of_frame(dict(zip(self.metrics, found, strict=True)), engine)
        failed, evaluated = int(found[0]), int(found[1])
        passed = not evaluated or (evaluated - failed) / evaluated >= float(self.expectation.mostly)
        return Finding(passed, masks[wanted[0].conditions[0].name], evaluated, failed)

    def _of_frame(self, metrics: dict[str, Any], engine: PolarsExecutionEngine) -> Finding:
        try:
            answer = self.expectation._validate(metrics=metrics, runtime_configuration={}, execution_engine=engine)  # noqa: SLF001  # its own logic decides
        except Exception as error:  # noqa: BLE001  # it is the expectation's answer
            return Finding(None, error=error)
        result = answer if isinstance(answer, dict) else answer.to_json_dict()
        return Finding(bool(result["success"]), observed=(result.get("result") or {}).get("observed_value"))


@dataclass(frozen=True, eq=False)
class CompiledSuite:
    """Expectations, prepared: evaluating them reads a frame once.

    Attributes:
        expectations: Great Expectations' own objects; each finding is that of the expectation in its place.
    """

    expectations: Sequence[Expectation]

    def evaluate(self, frame: pl.DataFrame | pl.LazyFrame, columns: Sequence[str] | None = None) -> list[Finding]:
        """Judge a frame.

        An expectation that cannot be evaluated (a column is not there, or of a type that does not fit) has the finding that
        says why; the others are not touched.

        Args:
            frame: The rows; none of them is changed, and their order is that of the masks.
            columns: The columns that expectations about the table's columns see; the frame's unless given.
        """
        schema = frame.collect_schema()
        shape = schema if columns is None else pl.Schema({name: schema.get(name, pl.String()) for name in columns})
        wanted = [_attempt(functools.partial(plan.wanted, shape if plan.metrics.keys() <= _ABOUT_COLUMNS else schema)) for plan in self._plans]
        values = [value for each in wanted if not isinstance(each, Exception) for value in each]
        found = scan(frame, values)
        rest = iter(found.values)
        findings = []
        for plan, each in zip(self._plans, wanted, strict=True):
            if isinstance(each, Exception):
                findings.append(Finding(None, error=each, scans=found.scans))
            else:
                finding = plan.finding(each, [next(rest) for _ in each], found.masks, self._engine)
                findings.append(replace(finding, scans=found.scans))
        return findings

    def problems(self, schema: pl.Schema) -> list[Exception | None]:
        """What would keep each expectation from being evaluated on any frame of a schema; found without data."""
        return [_problem(schema, _attempt(functools.partial(plan.wanted, schema))) for plan in self._plans]

    @property
    def about_rows(self) -> list[bool]:
        """Whether each expectation is about rows (and has a mask), or about the whole frame."""
        return [plan.map_metric is not None for plan in self._plans]

    @functools.cached_property
    def _engine(self) -> PolarsExecutionEngine:
        return PolarsExecutionEngine()

    @functools.cached_property
    def _plans(self) -> Sequence[_Plan]:
        return [self._plan(expectation) for expectation in self.expectations]

    def _plan(self, expectation: Any) -> _Plan:  # noqa: ANN401  # map_metric and mostly are those of subclasses
        asked = {"result_format": {"result_format": "BOOLEAN_ONLY"}}
        try:
            metrics = expectation.get_validation_dependencies(execution_engine=self._engine, runtime_configuration=asked).metric_configurations
        except MetricProviderError as error:
            return _Plan(expectation, {}, problem=NotCarried(str(error)))
        decisive = f"{getattr(expectation, 'map_metric', None)}.unexpected_count"
        if decisive in metrics:
            return _Plan(expectation, {decisive: metrics[decisive]}, expectation.map_metric)
        return _Plan(expectation, metrics)


def _attempt(make: Callable[[], list[Value]]) -> list[Value] | Exception:
    try:
        return make()
    except Exception as error:  # noqa: BLE001  # it is the expectation's answer
        return error


def _problem(schema: pl.Schema, wanted: list[Value] | Exception) -> Exception | None:
    return wanted if isinstance(wanted, Exception) else type_error(schema, wanted)
