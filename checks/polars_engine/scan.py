"""Compute any number of values, and the masks of their conditions, in one scan of a frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from checks.polars_engine.values import Condition, Value


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


def scan(frame: pl.DataFrame | pl.LazyFrame, values: Sequence[Value]) -> Scan:
    """Compute values together; one that fails does not affect the others.

    A wrong type is detected before any data is read. A failure that depends on the data is rare: then each value is computed alone.
    """
    result = Scan([None] * len(values))
    valid = _valid(frame.collect_schema(), values, result)
    if not valid:
        return result
    try:
        _compute(frame, values, valid, result)
    except Exception:  # noqa: BLE001  # the error of one value must not affect the others
        for index in valid:
            try:
                _compute(frame, values, [index], result)
            except Exception as error:  # noqa: BLE001  # it is the result of the value
                result.values[index] = error
    return result


def _valid(schema: pl.Schema, values: Sequence[Value], result: Scan) -> list[int]:
    """Return the positions of the values whose plan has no type error; the errors of the others are their results."""
    positions = range(len(values))
    if type_error(schema, values) is None:
        return list(positions)
    for index in positions:
        result.values[index] = type_error(schema, [values[index]])
    return [index for index in positions if result.values[index] is None]


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
        >>> from checks.polars_engine.values import Value
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


def _compute(frame: pl.DataFrame | pl.LazyFrame, values: Sequence[Value], indices: Sequence[int], result: Scan) -> None:
    chosen = [values[index] for index in indices]
    result.scans += 1
    row, masks = _read(frame, chosen)
    for mask in masks:
        result.masks[mask.name] = mask
    for index, value, raw in zip(indices, chosen, row.row(0), strict=True):
        try:
            result.values[index] = value.finish(raw)
        except Exception as error:  # noqa: BLE001  # it is the result of the value
            result.values[index] = error


def _read(frame: pl.DataFrame | pl.LazyFrame, values: Sequence[Value]) -> tuple[pl.DataFrame, list[pl.Series]]:
    """Compute masks as columns first, then all values over them: Polars computes a mask once, however many values read it."""
    conditions = _conditions(values)
    names = list(conditions)
    if isinstance(frame, pl.DataFrame):
        masks = _masked(frame.lazy(), conditions).select(names).collect()
        return _reduced(frame.hstack(masks).lazy(), values).collect(), masks.get_columns()
    masked = _masked(frame, conditions)
    row, masks = pl.collect_all([_reduced(masked, values), masked.select(names)])
    return row, masks.get_columns()


def _conditions(values: Sequence[Value]) -> dict[str, Condition]:
    return {condition.name: condition for value in values for condition in value.conditions}


def _masked(lazy: pl.LazyFrame, conditions: dict[str, Condition]) -> pl.LazyFrame:
    return lazy.with_columns(condition.unexpected.alias(name) for name, condition in conditions.items())


def _reduced(masked: pl.LazyFrame, values: Sequence[Value]) -> pl.LazyFrame:
    return masked.select(value.expr.alias(str(index)) for index, value in enumerate(values))
