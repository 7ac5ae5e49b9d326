"""Convert configured values (JSON or YAML) to the type of the column that they are compared with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import polars as pl


def literal(value: Any, dtype: pl.DataType) -> Any:  # noqa: ANN401  # a configured value may be of any type
    """Convert a value to the type of the column; dates may be written as ISO 8601, and are UTC without a time zone.

    Raises:
        TypeError: Text is compared with something else.
        ValueError: Text is no date.
    """
    if isinstance(value, str) and dtype.is_temporal():
        value = datetime.fromisoformat(value)
    if isinstance(value, date):
        return _temporal(value, dtype)
    textual = dtype == pl.String or isinstance(dtype, pl.Categorical | pl.Enum)
    if value is not None and isinstance(value, str) != textual:
        raise TypeError(f"a value of type {type(value).__name__} cannot be compared with a column of type {dtype}")
    return value


def _temporal(value: date, dtype: pl.DataType) -> date:
    if not isinstance(dtype, pl.Datetime):
        if dtype != pl.Date:
            raise TypeError(f"a date cannot be compared with a column of type {dtype}")
        return value.date() if isinstance(value, datetime) else value
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001  # its zone is set below
    if dtype.time_zone is None:
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def representable(values: Iterable[Any], dtype: pl.DataType) -> list[Any]:
    """Return the values that a column of this type can hold; the others can never be equal."""
    fit = []
    for value in values:
        try:
            fit.append(_number(literal(value, dtype), dtype))
        except (TypeError, ValueError, OverflowError):
            continue
    return fit


def _number(value: Any, dtype: pl.DataType) -> Any:  # noqa: ANN401  # see literal
    if dtype.is_integer() and isinstance(value, float):
        if not value.is_integer():
            raise ValueError("never equal to a whole number")
        return int(value)
    return float(value) if dtype.is_float() and value is not None else value


def is_in(cell: pl.Expr, values: Iterable[Any], dtype: pl.DataType) -> pl.Expr:
    """Return where a cell is one of the configured values; null where it is null."""
    fit = [value for value in representable(values, dtype) if value is not None]
    if not fit:
        return pl.when(cell.is_not_null()).then(statement=False)
    return cell.is_in(pl.Series(fit, dtype=dtype, strict=False).implode())
