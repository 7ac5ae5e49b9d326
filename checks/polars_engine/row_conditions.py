"""Convert row conditions (Condition objects of Great Expectations) to Polars expressions."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from great_expectations.expectations.row_conditions import (
    AndCondition,
    ComparisonCondition,
    NullityCondition,
    Operator,
    OrCondition,
    deserialize_row_condition,
)

from checks.polars_core.literals import is_in, literal
from checks.polars_engine.condition_parser import parse_row_condition

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class SelectedRows:
    """Select the rows that meet a row condition, as a `Domain` takes it.

    Attributes:
        condition: As in `to_expr`.
    """

    condition: object

    def __call__(self, schema: pl.Schema) -> pl.Expr:
        """Return the condition as an expression."""
        return to_expr(self.condition, schema)


def with_rows(kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return metric_domain_kwargs of Great Expectations as a `Domain` takes them."""
    condition = kwargs.get("row_condition")
    return {**kwargs, "row_condition": SelectedRows(condition)} if condition else kwargs


def to_expr(condition: object, schema: pl.Schema) -> pl.Expr:
    """Convert a row condition to a Boolean expression; null where a comparison is null.

    Args:
        condition: Condition, as an object, as a dict (from a suite in JSON), or in the short form.
        schema: Schema of the frame, to convert values to the types of their columns.

    Raises:
        ValueError: It names a missing column, or cannot be parsed.
    """
    if isinstance(condition, dict):
        condition = deserialize_row_condition(condition)
    if isinstance(condition, str):
        condition = parse_row_condition(condition)
    match condition:
        case AndCondition():
            return functools.reduce(operator.and_, [to_expr(part, schema) for part in condition.conditions])
        case OrCondition():
            return functools.reduce(operator.or_, [to_expr(part, schema) for part in condition.conditions])
        case NullityCondition():
            cell = _cell(condition.column.name, schema)
            return cell.is_null() if condition.is_null else cell.is_not_null()
        case ComparisonCondition():
            return _comparison(condition, schema)
    raise ValueError("a row condition is written as column, comparison, value; filters of other engines are not read")


def _cell(name: str, schema: pl.Schema) -> pl.Expr:
    if name not in schema:
        raise ValueError(f'the row condition names the column "{name}", which does not exist')
    return pl.col(name)


def _comparison(condition: ComparisonCondition, schema: pl.Schema) -> pl.Expr:
    name = condition.column.name
    cell, dtype = _cell(name, schema), schema[name]
    if condition.operator in (Operator.IN, Operator.NOT_IN):
        inside = is_in(cell, condition.parameter, dtype)
        return inside if condition.operator == Operator.IN else ~inside
    compared: pl.Expr = _COMPARE[str(Operator(condition.operator))](cell, literal(condition.parameter, dtype))
    return compared
