"""Patch expectations of Great Expectations that name its own engines, and two defects of version 1.24."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime
from typing import Any

import polars as pl
from great_expectations.expectations.registry import get_expectation_impl

from checks.polars_core.literals import literal
from checks.polars_core.metrics.shape import is_named
from checks.polars_engine.engine import PolarsExecutionEngine

Validate = Callable[..., dict[str, Any]]


@functools.cache
def apply() -> None:
    """Patch the classes, once."""
    _wrap("expect_column_values_to_be_of_type", _on_types("type_"))
    _wrap("expect_column_values_to_be_in_type_list", _on_types("type_list"))
    _wrap("expect_column_type_to_be", _on_types("type_"))
    _wrap("expect_column_min_to_be_between", _bounds_in_utc("column.min"))
    _wrap("expect_column_max_to_be_between", _bounds_in_utc("column.max"))
    _wrap("expect_column_quantile_values_to_be_between", _builtin_success)


def _wrap(name: str, wrapper: Callable[[Validate], Validate]) -> None:
    cls: Any = get_expectation_impl(name)
    cls._validate = wrapper(cls._validate)


def _on_types(setting: str) -> Callable[[Validate], Validate]:
    """Evaluate the three type expectations, which assume pandas or return nothing for an unknown engine."""

    def wrapper(original: Validate) -> Validate:
        @functools.wraps(original)
        def _validate(self: Any, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None) -> dict[str, Any]:  # noqa: ANN401  # as wrapped
            if not isinstance(execution_engine, PolarsExecutionEngine):
                return original(self, metrics, runtime_configuration, execution_engine)
            kwargs = self.configuration.kwargs
            return _check_type({column["name"]: column["type"] for column in metrics["table.column_types"]}, kwargs["column"], kwargs.get(setting))

        return _validate

    return wrapper


def _check_type(types: dict[str, pl.DataType], column: str, expected: str | list[str] | None) -> dict[str, Any]:
    if column not in types:
        raise ValueError(f'The column "{column}" in BatchData does not exist.')
    names = [expected] if isinstance(expected, str) else expected
    fits = names is None or any(is_named(types[column], name) for name in names)
    return {"success": fits, "result": {"observed_value": str(types[column])}}


def _bounds_in_utc(metric: str) -> Callable[[Validate], Validate]:
    """Take a bound without a time zone, or without a time, as UTC: it cannot be compared with a cell that has one."""

    def wrapper(original: Validate) -> Validate:
        @functools.wraps(original)
        def _validate(self: Any, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None) -> dict[str, Any]:  # noqa: ANN401  # as wrapped
            value = metrics.get(metric)
            if isinstance(value, datetime) and isinstance(execution_engine, PolarsExecutionEngine):
                dtype = pl.Datetime("us", "UTC" if value.tzinfo else None)
                self = self.copy(update={name: literal(getattr(self, name), dtype) for name in ("min_value", "max_value")})  # evaluated with converted bounds
            return original(self, metrics, runtime_configuration, execution_engine)

        return _validate

    return wrapper


def _builtin_success(original: Validate) -> Validate:
    """Convert the success of numpy.bool, which cannot be serialized."""

    @functools.wraps(original)
    def _validate(self: Any, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None) -> dict[str, Any]:  # noqa: ANN401  # as wrapped
        result = original(self, metrics, runtime_configuration, execution_engine)
        return {**result, "success": bool(result["success"])}

    return _validate
