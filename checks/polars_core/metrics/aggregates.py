"""Compute statistics of a column, and the number of rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import get_args

import polars as pl

from checks.polars_core.deviations import deviation_value
from checks.polars_core.domain import Domain
from checks.polars_core.exact_sums import mean_value, sum_value
from checks.polars_core.quantiles import Interpolation, quantile_value
from checks.polars_core.values import Value, count_of


def _numbers(domain: Domain) -> pl.Expr:
    if domain.dtype.is_decimal():
        return domain.cells.cast(pl.Float64)
    if not (domain.dtype.is_numeric() or domain.dtype == pl.Boolean):
        raise TypeError(f"the column is of type {domain.dtype}, which is no number")
    return domain.cells


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value


def _number_type(domain: Domain) -> pl.DataType:
    return pl.Float64() if domain.dtype.is_decimal() else domain.dtype


def _share(part: pl.Expr, whole: pl.Expr, together: tuple[str, ...] = ()) -> Value:
    return Value(
        pl.struct(part=part, whole=whole), lambda pair: pair["part"] / pair["whole"] if pair["whole"] else 0, merge="sum of entries", together=together
    )


def _quantiles(domain: Domain) -> Value:
    interpolation: Interpolation = domain.settings.get("allow_relative_error") or "nearest"
    if interpolation not in get_args(Interpolation):
        raise ValueError("allow_relative_error must be an interpolation: linear, lower, higher, midpoint or nearest")
    cells = domain.present if domain.dtype.is_temporal() else _numbers(domain)
    return quantile_value(cells, domain.settings["quantiles"], interpolation, list)


VALUES: Mapping[str, Callable[[Domain], Value]] = {
    "table.row_count": lambda domain: Value(count_of(domain.rows), int, merge="sum"),
    "column.min": lambda domain: Value(domain.cells.min(), merge="least"),
    "column.max": lambda domain: Value(domain.cells.max(), merge="greatest"),
    "column.sum": lambda domain: sum_value(_numbers(domain), _number_type(domain)),
    "column.mean": lambda domain: mean_value(_numbers(domain), _number_type(domain)),
    "column.median": lambda domain: quantile_value(_numbers(domain), [0.5], "linear", lambda medians: _or_nan(medians[0])),
    "column.standard_deviation": lambda domain: deviation_value(_numbers(domain), _number_type(domain)),
    "column.quantile_values": _quantiles,
    "column.non_null_count": lambda domain: Value(domain.cells.count(), int, merge="sum"),
    "column.non_null_proportion": lambda domain: _share(domain.cells.count(), count_of(domain.rows)),
    "column.unique_proportion": lambda domain: _share(domain.present.n_unique(), domain.cells.count(), domain.columns),
}
