"""Evaluate a suite of planned expectations in one scan of a frame: which pass, and which rows fail."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, TypeAlias

import polars as pl

from checks.polars_core.lookup import value_of
from checks.polars_core.merging import Unfinished
from checks.polars_core.metrics import ORDERED, UNIQUE
from checks.polars_core.scan import only, scan, type_error, type_errors
from checks.polars_core.values import Condition, Value, count_of

_COLUMN_METRICS = {"table.columns", "table.column_count"}

Answer: TypeAlias = tuple[bool, Any]  # success, and the observed value


@dataclass(frozen=True, eq=False)
class Finding:
    """Hold the result of one expectation.

    Attributes:
        success: True where it passes; None where it could not be evaluated.
        unexpected: Mask of the failing rows, of the frame's length; None for an expectation about the whole frame.
        evaluated: Number of evaluated rows: those in the row condition, without missing cells where the expectation ignores them.
        failed: Number of failing rows.
        judged: Selects the evaluated rows; None for all.
        observed: Observed value of an expectation about the whole frame.
        error: Reason why it could not be evaluated.
        scans: Number of scans of the frame for the whole suite.
    """

    success: bool | None
    unexpected: pl.Series | None = None
    evaluated: int = 0
    failed: int = 0
    judged: pl.Expr | None = None
    observed: Any = None
    error: Exception | None = None
    scans: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Before:
    """Hold what an expectation about rows found before rows left and cells changed.

    Attributes:
        mask: Mask of the rows that failed, of the present frame's length and order.
        changed: Columns in which cells changed since.
    """

    mask: pl.Series
    changed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Metric:
    """Name a metric with what it reads; see `Domain`.

    Attributes:
        name: Name, such as `column.mean`.
        domain: metric_domain_kwargs of Great Expectations.
        settings: metric_value_kwargs of Great Expectations.
    """

    name: str
    domain: Mapping[str, Any]
    settings: Mapping[str, Any] = field(default_factory=dict)

    def value(self, schema: pl.Schema) -> Value:
        """Return the value to compute of a frame of this schema."""
        return value_of(self.name, self.domain, self.settings, schema)


@dataclass(frozen=True)
class Plan:
    """Hold the metrics that decide an expectation.

    Attributes:
        metrics: Metrics by name; of an expectation about rows, the count of failing rows alone.
        map_metric: Name of the condition on rows; None for an expectation about the whole frame.
        mostly: Share of rows that must pass (0 to 1).
        answer: Returns the answer of an expectation about the whole frame from its metrics; what it raises is the result.
        problem: Reason why no frame can be evaluated.
    """

    metrics: Mapping[str, Metric]
    map_metric: str | None = None
    mostly: float = 1.0
    answer: Callable[[Mapping[str, Any]], Answer] | None = None
    problem: Exception | None = field(default=None, compare=False)

    @property
    def row_level(self) -> bool:
        """Return True for an expectation about rows, which has a mask."""
        return self.map_metric is not None

    def values(self, schema: pl.Schema) -> list[Value]:
        """Return the values to compute of a frame of this schema; raises the error that makes that impossible."""
        if self.problem is not None:
            raise self.problem
        values = [metric.value(schema) for metric in self.metrics.values()]
        if self.map_metric is None:
            return values
        return [values[0], replace(values[0], expr=count_of(values[0].conditions[0].evaluated))]

    def problem_of(self, schema: pl.Schema) -> Exception | None:
        """Return the error that any frame of a schema would raise, or None; needs no data."""
        values = _attempt(functools.partial(self.values, schema))
        return values if isinstance(values, Exception) else type_error(schema, values)

    def again(self, condition: Condition, frame: pl.DataFrame, before: Before) -> pl.Series | None:
        """Return the mask of a condition from that of the rows before some left and some cells changed; None where it must be computed anew."""
        if self.map_metric in ORDERED or before.changed & set(condition.unexpected.meta.root_names()):
            return None
        if self.map_metric not in UNIQUE:
            return before.mask
        places = before.mask.arg_true()  # what repeats now, repeated before
        failing = places.filter(frame[places].select(condition.unexpected).to_series())
        mask = pl.Series([False]).new_from_index(0, frame.height)
        return mask.scatter(failing, values=True) if failing.len() else mask

    def finding(self, values: Sequence[Value], results: Sequence[Any], masks: Mapping[str, pl.Series]) -> Finding:
        """Build the result of the expectation from the computed values."""
        for result in results:
            if isinstance(result, Exception):
                return Finding(None, error=result)
        if self.map_metric is None:
            return self._table_finding(dict(zip(self.metrics, results, strict=True)))
        failed, evaluated = int(results[0]), int(results[1])
        passed = not evaluated or (evaluated - failed) / evaluated >= self.mostly
        condition = values[0].conditions[0]
        return Finding(passed, masks[condition.name], evaluated, failed, condition.evaluated)

    def _table_finding(self, metrics: dict[str, Any]) -> Finding:
        assert self.answer is not None  # noqa: S101  # a plan without rows has one
        try:
            success, observed = self.answer(metrics)
        except Exception as error:  # noqa: BLE001  # it is the result of the expectation
            return Finding(None, error=error)
        return Finding(success, observed=observed)


@dataclass(frozen=True, eq=False)
class PlannedSuite:
    """Evaluate planned expectations together, so that a frame is scanned once.

    Attributes:
        plans: The expectations; findings have the same order.

    Example:
        >>> count = Metric("column_values.nonnull.unexpected_count", {"column": "price"})
        >>> suite = PlannedSuite([Plan({count.name: count}, "column_values.nonnull")])
        >>> (finding,) = suite.evaluate(pl.DataFrame({"price": [1.0, None]}))
        >>> finding.success, finding.unexpected.to_list(), finding.evaluated
        (False, [False, True], 2)
    """

    plans: Sequence[Plan]
    _latest: dict[str, Any] = field(default_factory=dict, repr=False)

    def evaluate(
        self,
        frame: pl.DataFrame | pl.LazyFrame,
        columns: Sequence[str] | None = None,
        before: Mapping[int, Before] = MappingProxyType({}),
        total: Callable[[Unfinished], Unfinished] = only,
        ordered: Mapping[str, pl.Series] = MappingProxyType({}),
    ) -> list[Finding]:
        """Evaluate a frame.

        An expectation that cannot be evaluated (a column is missing or of another type) has a finding with the error; the others
        are not affected.

        Args:
            frame: Rows; the masks have the same order.
            columns: Columns that expectations about the columns of the table see; those of the frame by default.
            before: What expectations about rows found earlier, by their position; only what can have changed is computed again.
            total: Merges the results of the frame with those of the other parts of the frame that it belongs to; the masks stay those of the frame.
            ordered: Masks of the conditions that `ordered` returns, where the frame is a part of another.
        """
        schema = frame.collect_schema()
        values, errors = self._values(schema, _shape(schema, columns))
        masks = {**self._masks(frame, values, before), **ordered} if isinstance(frame, pl.DataFrame) else {}
        result = scan(frame, _flat(values), masks, errors, total)
        results = iter(result.values)
        findings = []
        for plan, plan_values in zip(self.plans, values, strict=True):
            if isinstance(plan_values, Exception):
                findings.append(Finding(None, error=plan_values, scans=result.scans))
            else:
                finding = plan.finding(plan_values, [next(results) for _ in plan_values], result.masks)
                findings.append(replace(finding, scans=result.scans))
        return findings

    def ordered(self, schema: pl.Schema, columns: Sequence[str] | None = None) -> dict[str, pl.Expr]:
        """Return the conditions that compare a row with the one before it, by name: a part of a frame cannot compute them.

        Args:
            schema: Schema of the frame.
            columns: As in `evaluate`.
        """
        values, errors = self._values(schema, _shape(schema, columns))
        remaining, conditions = iter(errors), {}
        for plan, plan_values in zip(self.plans, values, strict=True):
            failed = isinstance(plan_values, Exception) or [error for _, error in zip(plan_values, remaining, strict=False) if error is not None]
            if plan.map_metric in ORDERED and not failed and not isinstance(plan_values, Exception):
                conditions[plan_values[0].conditions[0].name] = plan_values[0].conditions[0].unexpected
        return conditions

    def needs(self, schema: pl.Schema) -> list[tuple[str, ...] | None]:
        """Return for each expectation the columns whose equal cells must be in one part of a frame; None where it takes the whole frame.

        Args:
            schema: Schema of the frame.
        """
        return [_needs(_attempt(functools.partial(plan.values, schema))) for plan in self.plans]

    def _values(self, schema: pl.Schema, shape: pl.Schema) -> tuple[Sequence[list[Value] | Exception], Sequence[Exception | None]]:
        """Return what each plan computes of a frame, or its error, and the type error of each value; those of the last schema stay at hand."""
        key = (tuple(schema.items()), tuple(shape.items()))
        if self._latest.get("key") != key:
            values = [_attempt(functools.partial(plan.values, shape if _reads_names(plan) else schema)) for plan in self.plans]
            self._latest.update(key=key, values=values, errors=type_errors(schema, _flat(values)))
        return self._latest["values"], self._latest["errors"]

    def _masks(self, frame: pl.DataFrame, values: Sequence[list[Value] | Exception], before: Mapping[int, Before]) -> dict[str, pl.Series]:
        """Return the masks, by the name of their condition, that need not be computed."""
        masks: dict[str, pl.Series] = {}
        for position, earlier in before.items():
            plan, plan_values = self.plans[position], values[position]
            if plan.map_metric is None or isinstance(plan_values, Exception):
                continue
            condition = plan_values[0].conditions[0]
            if condition.name not in masks and (mask := plan.again(condition, frame, earlier)) is not None:
                masks[condition.name] = mask
        return masks


def _shape(schema: pl.Schema, columns: Sequence[str] | None) -> pl.Schema:
    return schema if columns is None else pl.Schema({name: schema.get(name, pl.String()) for name in columns})


def _needs(values: list[Value] | Exception) -> tuple[str, ...] | None:
    if isinstance(values, Exception):  # the same for each part
        return ()
    return None if any(value.merge is None for value in values) else tuple(dict.fromkeys(name for value in values for name in value.together))


def _reads_names(plan: Plan) -> bool:
    """Return True for an expectation about the names of the columns alone."""
    return {metric.name for metric in plan.metrics.values()} <= _COLUMN_METRICS


def _flat(values: Sequence[list[Value] | Exception]) -> list[Value]:
    return [value for plan_values in values if not isinstance(plan_values, Exception) for value in plan_values]


def _attempt(make: Callable[[], list[Value]]) -> list[Value] | Exception:
    try:
        return make()
    except Exception as error:  # noqa: BLE001  # it is the result of the expectation
        return error
