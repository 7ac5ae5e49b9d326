"""Compute any number of values, and the masks of their conditions, in one scan of a frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import polars as pl

from checks.polars_core.merging import Unfinished, finish
from checks.polars_core.values import Condition, Value


@dataclass
class Scan:
    """Hold the result of a scan.

    Attributes:
        values: Result of each Value: its finished value, or its exception.
        masks: Boolean Series by the name of their condition, of full length, one bit per row.
        scans: Number of scans: 1, unless the failure of a value depends on the data.
    """

    values: list[Any]
    masks: dict[str, pl.Series] = field(default_factory=dict)
    scans: int = 0


def only(unfinished: Unfinished) -> Unfinished:
    """Return the results of a frame that is no part of another."""
    return unfinished


def scan(
    frame: pl.DataFrame | pl.LazyFrame,
    values: Sequence[Value],
    masks: Mapping[str, pl.Series] = MappingProxyType({}),
    errors: Sequence[Exception | None] | None = None,
    total: Callable[[Unfinished], Unfinished] = only,
) -> Scan:
    """Compute values together; one that fails does not affect the others.

    A wrong type is detected before any data is read. A failure that depends on the data is rare: then each value is computed alone.

    Args:
        frame: Rows.
        values: What to compute of them.
        masks: Masks of conditions that are not computed again, by their name; for a DataFrame alone.
        errors: The type error of each value, where they are known; see `type_errors`.
        total: Merges the results with those of the other parts, where the frame is a part of another.
    """
    result = Scan(list(type_errors(frame.collect_schema(), values) if errors is None else errors))
    if valid := [index for index, error in enumerate(result.values) if error is None]:
        _compute_valid(frame, values, valid, result, masks)
    result.values = finish(values, total(Unfinished(result.values, [value.merge for value in values])))
    return result


def _compute_valid(frame: pl.DataFrame | pl.LazyFrame, values: Sequence[Value], valid: Sequence[int], result: Scan, masks: Mapping[str, pl.Series]) -> None:
    try:
        _compute(frame, values, valid, result, masks)
    except Exception:  # noqa: BLE001  # the error of one value must not affect the others
        for index in valid:
            try:
                _compute(frame, values, [index], result, masks)
            except Exception as error:  # noqa: BLE001  # it is the result of the value
                result.values[index] = error


def type_errors(schema: pl.Schema, values: Sequence[Value]) -> list[Exception | None]:
    """Return for each value the error that computing it of any frame of this schema raises, or None."""
    together = type_error(schema, values)
    return [None if together is None else type_error(schema, [value]) for value in values]


def type_error(schema: pl.Schema, values: Sequence[Value]) -> Exception | None:
    """Return the error that computing values of any frame of this schema raises, or None.

    It tries one row of nulls, since plans do not show all errors, in the columns that the values read: the others would only cost time.
    """
    try:
        _read(columns_read(schema, values).to_frame().clear(1), values)
    except Exception as error:  # noqa: BLE001  # Polars raises several kinds, panics among them
        return error
    return None


def columns_read(schema: pl.Schema, values: Sequence[Value]) -> pl.Schema:
    """Return the columns of a schema that values read; all of them where a value selects columns by a pattern.

    Example:
        >>> from checks.polars_core.values import Value
        >>> schema = pl.Schema({"id": pl.String(), "price": pl.Float64(), "note": pl.String()})
        >>> columns_read(schema, [Value(pl.col("price").max())]).names()
        ['price']
    """
    conditions = _conditions(values).values()
    of_conditions = [expr for condition in conditions for expr in (condition.unexpected, condition.evaluated) if expr is not None]
    expressions = [*(value.expr for value in values), *of_conditions]
    names = {name for expr in expressions for name in expr.meta.root_names()}
    if not names & set(schema) or any(expr.meta.has_multiple_outputs() for expr in expressions):
        return schema
    return pl.Schema({name: dtype for name, dtype in schema.items() if name in names})


def _compute(frame: pl.DataFrame | pl.LazyFrame, values: Sequence[Value], indices: Sequence[int], result: Scan, masks: Mapping[str, pl.Series]) -> None:
    chosen = [values[index] for index in indices]
    result.scans += 1
    row, computed = _read(frame, chosen, masks)
    for mask in computed:
        result.masks[mask.name] = mask
    for index, column in zip(indices, row, strict=True):
        result.values[index] = column[0]  # a list stays a Series


def _read(
    frame: pl.DataFrame | pl.LazyFrame, values: Sequence[Value], masks: Mapping[str, pl.Series] = MappingProxyType({})
) -> tuple[pl.DataFrame, list[pl.Series]]:
    """Compute masks as columns first, then all values over them: Polars computes a mask once, however many values read it."""
    conditions = _conditions(values)
    names = list(conditions)
    if isinstance(frame, pl.DataFrame):
        new = {name: condition for name, condition in conditions.items() if name not in masks}
        earlier = [masks[name].alias(name) for name in names if name in masks]
        computed = _masked(frame.lazy(), new).select(list(new)).collect().hstack(earlier) if new else pl.DataFrame(earlier)
        return _reduced(frame.hstack(computed).lazy(), values).collect(), computed.get_columns()
    masked = _masked(frame, conditions)
    row, read = pl.collect_all([_reduced(masked, values), masked.select(names)])
    return row, read.get_columns()


def _conditions(values: Sequence[Value]) -> dict[str, Condition]:
    return {condition.name: condition for value in values for condition in value.conditions}


def _masked(lazy: pl.LazyFrame, conditions: dict[str, Condition]) -> pl.LazyFrame:
    return lazy.with_columns(condition.unexpected.alias(name) for name, condition in conditions.items())


def _reduced(masked: pl.LazyFrame, values: Sequence[Value]) -> pl.LazyFrame:
    return masked.select(value.expr.alias(str(index)) for index, value in enumerate(values))
